import CPosix
import Glibc
package import HoldfastModel

/// The directory that a restore writes into. Paths are relative to it, and nothing outside is ever touched: no symbolic link is
/// followed, wherever one was planted, not even by a process that changes the target meanwhile.
///
/// Any thread may call any method.
package final class RestoreTarget: Sendable {
    let cache: DirectoryCache
    /// Whether the process may give files away and write attributes of the system.
    package let isPrivileged: Bool

    /// Opens the target; it and what is missing above it are made. Links on the way to the target itself are followed.
    package init(directory: [UInt8], isPrivileged: Bool = geteuid() == 0) throws(PosixError) {
        self.isPrivileged = isPrivileged
        var target = try OwnedFile(open: directory.first == UInt8(ascii: "/") ? "/" : ".", Int32(posix_O_PATH) | O_DIRECTORY)
        for component in directory.split(separator: UInt8(ascii: "/")) {
            let name = FileName(component)
            try target.makeDirectory(name, mode: 0o777)
            target = try target.open(name, Int32(posix_O_PATH) | O_DIRECTORY)
        }
        cache = DirectoryCache(root: SharedFile(target))
    }

    package convenience init(directory: String) throws(PosixError) { try self.init(directory: Array(directory.utf8)) }

    /// What `lstat` tells of a path; nil where nothing is there.
    package func existing(_ path: [UInt8]) throws(RestoreError) -> Entry? {
        do throws(RestoreError) {
            let status = try at(path) { parent, name throws(PosixError) in try parent.status(of: name) }
            return Entry(path: path, status: status, now: timespec.now)
        } catch {
            if case .failed(_, let error) = error, error.code == ENOENT { return nil }
            throw error
        }
    }

    /// The names in a directory, in byte order; the empty path is the target itself.
    package func names(in path: [UInt8]) throws(RestoreError) -> [[UInt8]] {
        let directory = try cache.directory(path.isEmpty ? [] : RelativePath(path).bytes)
        do throws(PosixError) {
            let readable = try directory.file.openDirectory(".")
            var names = DirectoryNames()
            try names.read(readable.descriptor, path: readable.path)
            names.sort()
            return (0..<names.count).map { Array(names[$0]) }
        } catch {
            throw .failed(path, error)
        }
    }

    /// Does something in the directory that holds a path.
    func at<Answer>(
        _ path: [UInt8], _ body: (borrowing OwnedFile, FileName) throws(PosixError) -> Answer
    ) throws(RestoreError) -> Answer {
        let relative = try RelativePath(path)
        let parent = try cache.directory(relative.parent)
        do throws(PosixError) {
            return try body(parent.file, relative.name)
        } catch {
            throw RestoreError(path, error)
        }
    }

    /// Creates something at a path; what is there already is removed first, if told, unless it is a directory.
    func create<Answer>(
        _ path: [UInt8], replacing: Bool, _ body: (borrowing OwnedFile, FileName) throws(PosixError) -> Answer
    ) throws(RestoreError) -> Answer {
        try at(path) { parent, name throws(PosixError) in
            do throws(PosixError) {
                return try body(parent, name)
            } catch  where error.code == EEXIST && replacing {
                try removeNonDirectory(name, in: parent)
                return try body(parent, name)
            }
        }
    }

    /// Throws EEXIST for a directory.
    func removeNonDirectory(_ name: FileName, in parent: borrowing OwnedFile) throws(PosixError) {
        do throws(PosixError) {
            try parent.unlink(name)
        } catch  where error.code == EISDIR || error.code == EPERM {
            let isDirectory = try parent.status(of: name).st_mode & S_IFMT == S_IFDIR
            throw isDirectory ? PosixError(code: EEXIST, operation: error.operation, path: error.path) : error
        }
    }
}
