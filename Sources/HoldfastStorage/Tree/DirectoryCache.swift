import CPosix
import Glibc
import Synchronization

/// The directories of a restore target that were opened last.
///
/// Each is reached from the target's own descriptor, one component at a time, none of them a symbolic link: whatever is planted
/// in the target, nothing outside is touched.
final class DirectoryCache: Sendable {
    private static let limit = 128

    private struct Opened {
        var directories: [[UInt8]: (file: SharedFile, lastUse: UInt64)] = [:]
        private var uses: UInt64 = 0

        mutating func use(_ path: [UInt8]) -> SharedFile? {
            uses += 1
            directories[path]?.lastUse = uses
            return directories[path]?.file
        }

        /// Makes room where there is none: half of them go, those that were used least recently. The way to a deep directory may be longer
        /// than there is room for, and whoever goes through it comes back to its end.
        mutating func add(_ path: [UInt8], _ file: SharedFile) {
            if directories.count >= limit {
                let newest = directories.values.map(\.lastUse).sorted()[limit / 2]
                directories = directories.filter { $0.value.lastUse >= newest }
            }
            uses += 1
            directories[path] = (file, uses)
        }
    }

    private let root: SharedFile
    private let opened = Mutex(Opened())

    init(root: SharedFile) { self.root = root }

    /// The directory at a path that `RelativePath` has checked; the empty path is the target.
    func directory(_ path: [UInt8]) throws(RestoreError) -> SharedFile {
        var (directory, start) = nearest(path)
        while start < path.count {
            let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.count
            let name = FileName(path[start..<end])
            directory = try open(name, in: directory, path: Array(path[..<end]))
            start = end + 1
        }
        return directory
    }

    /// Forgets what was removed, with all that was below it; what is in use stays open until it is not.
    func forget(_ path: [UInt8]) {
        let below = path.appending([])
        opened.withLock { opened in
            opened.directories = opened.directories.filter { $0.key != path && !$0.key.starts(with: below) }
        }
    }

    /// The nearest directory above the path, or at it, that is open, and where the rest of the path starts.
    private func nearest(_ path: [UInt8]) -> (SharedFile, rest: Int) {
        opened.withLock { opened in
            var end = path.count
            while end > 0 {
                if let directory = opened.use(Array(path[..<end])) { return (directory, end + 1) }
                end = path[..<end].lastIndex(of: UInt8(ascii: "/")) ?? 0
            }
            return (root, 0)
        }
    }

    private func open(_ name: FileName, in parent: SharedFile, path: [UInt8]) throws(RestoreError) -> SharedFile {
        do throws(PosixError) {
            let file = try parent.file.open(name, Int32(posix_O_PATH) | O_DIRECTORY | O_NOFOLLOW)
            let directory = SharedFile(file)
            opened.withLock { $0.add(path, directory) }
            return directory
        } catch  where error.code == ENOTDIR || error.code == ELOOP {
            throw .notADirectory(path)
        } catch {
            throw .failed(path, error)
        }
    }
}
