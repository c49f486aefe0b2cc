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
    /// Directories above the target in which something was made.
    private let grown: [SharedFile]

    /// Opens the target; it and what is missing above it are made. Links on the way to the target itself are followed.
    package init(directory: [UInt8], isPrivileged: Bool = geteuid() == 0) throws(PosixError) {
        self.isPrivileged = isPrivileged
        let start = directory.first == UInt8(ascii: "/") ? "/" : "."
        var target = SharedFile(try OwnedFile(open: start, Int32(posix_O_PATH) | O_DIRECTORY))
        var grown: [SharedFile] = []
        for component in directory.split(separator: UInt8(ascii: "/")) {
            let name = FileName(component)
            if try target.file.makeDirectory(name, mode: 0o777) { grown.append(target) }
            target = SharedFile(try target.file.open(name, Int32(posix_O_PATH) | O_DIRECTORY))
        }
        self.grown = grown
        cache = DirectoryCache(root: target)
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

    /// Where the symbolic link at a path leads.
    package func linkTarget(_ path: [UInt8]) throws(RestoreError) -> [UInt8] {
        try at(path) { parent, name throws(PosixError) in try parent.linkTarget(of: name) }
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

    /// Returns once the names in a directory of the target survive a loss of power; of the target itself, the empty path, its own name too.
    package func sync(_ path: [UInt8]) throws(RestoreError) {
        let directory = try cache.directory(path)
        do throws(PosixError) {
            for directory in path.isEmpty ? grown + [directory] : [directory] { try directory.file.openDirectory(".").sync() }
        } catch {
            throw .failed(path, error)
        }
    }

    /// Does something in the directory that holds a path. Where only flags of that directory are in the way, they are taken off; the
    /// target itself keeps its own.
    func at<Answer>(
        _ path: [UInt8], _ body: (borrowing OwnedFile, FileName) throws(PosixError) -> Answer
    ) throws(RestoreError) -> Answer {
        let relative = try RelativePath(path)
        let parent = try cache.directory(relative.parent)
        do throws(PosixError) {
            do throws(PosixError) {
                return try body(parent.file, relative.name)
            } catch  where error.code == EPERM && !relative.parent.isEmpty {
                guard try release(".", in: parent.file) else { throw error }
                return try body(parent.file, relative.name)
            }
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
            try whileReleased(name, in: parent) { () throws(PosixError) in try parent.unlink(name) }
        } catch  where error.code == EISDIR || error.code == EPERM {
            let isDirectory = try parent.status(of: name).st_mode & S_IFMT == S_IFDIR
            throw isDirectory ? PosixError(code: EEXIST, operation: error.operation, path: error.path) : error
        }
    }
}
