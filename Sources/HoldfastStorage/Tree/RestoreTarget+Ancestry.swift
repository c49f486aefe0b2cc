import CPosix
import Glibc

/// What a target lies in.
extension RestoreTarget {
    /// Whether an absolute path leads to one of these directories or below one, be it there yet or not. Nothing is made.
    package static func isWithin(_ directories: Set<FileIdentity>, _ path: [UInt8]) throws(PosixError) -> Bool {
        var nearest = SharedFile(try OwnedFile(open: "/", Int32(posix_O_PATH) | O_DIRECTORY))
        do throws(PosixError) {
            for component in path.split(separator: UInt8(ascii: "/")) {
                nearest = SharedFile(try nearest.file.open(FileName(component), Int32(posix_O_PATH) | O_DIRECTORY))
            }
        } catch  where error.code == ENOENT {}
        return try !ancestry(of: nearest).isDisjoint(with: directories)
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
