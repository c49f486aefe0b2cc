import CPosix
import Glibc

/// What a target lies in.
extension RestoreTarget {
    /// Whether an absolute path leads to one of these directories or below one, be it there yet or not. Nothing is made.
    package static func isWithin(_ directories: Set<FileIdentity>, _ path: [UInt8]) throws(PosixError) -> Bool {
        try !ancestry(of: nearest(path)).isDisjoint(with: directories)
    }

    /// Whether an absolute path leads to a directory that has one of these names and such a file in it, or below one, by whatever links.
    package static func isWithin(
        directoriesNamed names: Set<[UInt8]>, holding file: String, _ path: [UInt8]
    ) throws(PosixError) -> Bool {
        var directory = try nearest(path)
        while true {
            let above = SharedFile(try directory.file.open("..", Int32(posix_O_PATH) | O_DIRECTORY))
            let identity = FileIdentity(try directory.file.status())
            if identity == FileIdentity(try above.file.status()) { return false }
            if try directory.file.identity(of: FileName(file)) != nil {
                for name in names where try above.file.identity(of: FileName(name)) == identity { return true }
            }
            directory = above
        }
    }

    /// The names in the directory at an absolute path, in no order; none where it is not there.
    package static func names(at path: String) throws(PosixError) -> [[UInt8]] {
        do throws(PosixError) {
            return try OwnedFile(open: path, O_RDONLY | O_DIRECTORY).names().map(\.bytes)
        } catch  where error.code == ENOENT {
            return []
        }
    }

    /// What is at an absolute path, or the last directory on the way there.
    private static func nearest(_ path: [UInt8]) throws(PosixError) -> SharedFile {
        var nearest = SharedFile(try OwnedFile(open: "/", Int32(posix_O_PATH) | O_DIRECTORY))
        do throws(PosixError) {
            for component in path.split(separator: UInt8(ascii: "/")) {
                nearest = SharedFile(try nearest.file.open(FileName(component), Int32(posix_O_PATH) | O_DIRECTORY))
            }
        } catch  where error.code == ENOENT {}
        return nearest
    }

    /// The target itself, and all directories above it.
    package func ancestry() throws(RestoreError) -> Set<FileIdentity> {
        let directory = try cache.directory([])
        do throws(PosixError) { return try Self.ancestry(of: directory) } catch { throw .failed([], error) }
    }

    private static func ancestry(of directory: SharedFile) throws(PosixError) -> Set<FileIdentity> {
        var (found, directory): (Set<FileIdentity>, SharedFile) = ([], directory)
        while found.insert(FileIdentity(try directory.file.status())).inserted {
            directory = SharedFile(try directory.file.open("..", Int32(posix_O_PATH) | O_DIRECTORY))
        }
        return found
    }
}

extension OwnedFile {
    /// Of what has this name in the directory; nil where nothing has.
    fileprivate func identity(of name: FileName) throws(PosixError) -> FileIdentity? {
        do throws(PosixError) { return FileIdentity(try status(of: name)) } catch  where error.code == ENOENT { return nil }
    }
}
