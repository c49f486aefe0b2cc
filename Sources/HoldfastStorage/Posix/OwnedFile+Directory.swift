import CPosix
import Glibc

/// Calls on what lies in a directory that is open. Names are relative to it, so it may be moved or unmounted lazily meanwhile.
extension OwnedFile {
    /// Opens an entry, always close-on-exec.
    func open(_ name: FileName, _ flags: Int32, mode: mode_t = 0) throws(PosixError) -> OwnedFile {
        let (directory, bytes) = (descriptor, try name.terminated())
        let file = try posix("open", path(of: name)) { unsafe posix_openat(directory, bytes, flags | O_CLOEXEC, mode) }
        return OwnedFile(adopting: file, path: path(of: name))
    }

    func openDirectory(_ name: FileName) throws(PosixError) -> OwnedFile {
        try open(name, O_RDONLY | O_DIRECTORY)
    }

    /// An entry's own status: a symbolic link is not followed.
    func status(of name: FileName) throws(PosixError) -> stat {
        let (directory, bytes) = (descriptor, try name.terminated())
        var status = stat()
        try posix("stat", path(of: name)) { unsafe fstatat(directory, bytes, &status, AT_SYMLINK_NOFOLLOW) }
        return status
    }

    /// Where a symbolic link leads. Linux makes none that leads over `PATH_MAX` bytes.
    func linkTarget(of name: FileName) throws(PosixError) -> [UInt8] {
        let (directory, bytes, size) = (descriptor, try name.terminated(), Int(PATH_MAX))
        var target = [CChar](repeating: 0, count: size)
        let count = try posix("readlink", path(of: name)) { unsafe readlinkat(directory, bytes, &target, size) }
        return target[..<count].map(UInt8.init(bitPattern:))
    }

    /// An entry's status for a path that ends with a zero already; nil where there is nothing of that name. For callers who ask for many.
    func status(ofTerminated path: [CChar]) throws(PosixError) -> stat? {
        let directory = descriptor
        var status = stat()
        if unsafe fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
        guard errno == ENOENT || errno == ENOTDIR else { throw PosixError(code: errno, operation: "stat", path: self.path) }
        return nil
    }

    /// Creates a file whose name must be free, writes it whole and syncs it. On an error nothing is left.
    func createFile(_ name: FileName, _ bytes: Span<UInt8>, mode: mode_t) throws(PosixError) -> OwnedFile {
        try createFile(name, mode: mode) { file throws(PosixError) in
            try file.write(bytes)
            try file.sync()
        }
    }

    /// Creates a file whose name must be free, and has `body` fill it. On an error nothing is left.
    func createFile(
        _ name: FileName, mode: mode_t, _ body: (borrowing OwnedFile) throws(PosixError) -> Void
    ) throws(PosixError) -> OwnedFile {
        let file = try open(name, O_RDWR | O_CREAT | O_EXCL, mode: mode)
        do throws(PosixError) {
            try body(file)
        } catch {
            discard(name)
            throw error
        }
        return file
    }

    /// Gives a file a name that must be free: a second one, or instead of its own where the file system knows no second names.
    func place(_ name: FileName, as other: FileName) throws(PosixError) {
        do throws(PosixError) {
            try link(name, as: other)
        } catch  where error.isLinkRefusal {
            try renameWithoutReplacing(name, to: other)
        }
    }

    /// Gives a file a second name, which must be free.
    func link(_ name: FileName, as other: FileName) throws(PosixError) {
        let (directory, from, to) = (descriptor, try name.terminated(), try other.terminated())
        try posix("link", path(of: other)) { unsafe linkat(directory, from, directory, to, 0) }
    }

    /// Gives a file another name, in place of what bears it.
    func rename(_ name: FileName, to other: FileName) throws(PosixError) {
        let (directory, from, to) = (descriptor, try name.terminated(), try other.terminated())
        try posix("rename", path(of: other)) { unsafe renameat(directory, from, directory, to) }
    }

    /// Gives a file another name, which must be free.
    func renameWithoutReplacing(_ name: FileName, to other: FileName) throws(PosixError) {
        let (directory, from, to) = (descriptor, try name.terminated(), try other.terminated())
        try posix("renameat2", path(of: other)) {
            unsafe renameat2(directory, from, directory, to, UInt32(RENAME_NOREPLACE))
        }
    }

    func unlink(_ name: FileName) throws(PosixError) { try remove(name, flags: 0) }

    /// Removes an empty directory.
    func removeDirectory(_ name: FileName) throws(PosixError) { try remove(name, flags: AT_REMOVEDIR) }

    private func remove(_ name: FileName, flags: Int32) throws(PosixError) {
        let (directory, bytes) = (descriptor, try name.terminated())
        try posix(flags == 0 ? "unlink" : "rmdir", path(of: name)) { unsafe unlinkat(directory, bytes, flags) }
    }

    /// Removes a temporary file if it is there. What cannot be removed stays; whoever sweeps temporaries finds it later.
    func discard(_ name: FileName) {
        guard let bytes = try? name.terminated() else { return }
        _ = unsafe unlinkat(descriptor, bytes, 0)
    }

    /// Makes one directory; true where it was not there before.
    @discardableResult
    func makeDirectory(_ name: FileName, mode: mode_t = 0o700) throws(PosixError) -> Bool {
        let (directory, bytes) = (descriptor, try name.terminated())
        do throws(PosixError) {
            try posix("mkdir", path(of: name)) { unsafe mkdirat(directory, bytes, mode) }
            return true
        } catch  where error.code == EEXIST {
            return false
        }
    }

    private func path(of name: FileName) -> String { "\(path)/\(name)" }
}
