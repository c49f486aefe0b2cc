import CPosix
import Glibc

/// Reads the names in a directory one by one, in no order, without `.` and `..`.
@safe struct DirectoryReader: ~Copyable {
    private let stream: OpaquePointer
    private let path: String

    init(_ directory: borrowing OwnedFile) throws(PosixError) { try self.init(".", in: directory) }

    /// Opens the directory `name` in another one.
    init(_ name: FileName, in directory: borrowing OwnedFile) throws(PosixError) {
        let path = name == "." ? directory.path : "\(directory.path)/\(name)"
        let (parent, bytes) = (directory.descriptor, try name.terminated())
        let descriptor = try posix("open", path) { unsafe posix_openat(parent, bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
        guard let stream = unsafe fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw PosixError(code: code, operation: "opendir", path: path)
        }
        self.path = path
        unsafe self.stream = stream
    }

    deinit { unsafe closedir(stream) }

    /// The status of what bears a name in the directory, of a symbolic link its own; nil where there is none.
    func status(of name: FileName) throws(PosixError) -> stat? {
        let bytes = try name.terminated()
        var status = stat()
        if unsafe fstatat(dirfd(stream), bytes, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw PosixError(code: errno, operation: "stat", path: "\(path)/\(name)")
        }
        return nil
    }

    /// The next name; nil at the end.
    mutating func next() throws(PosixError) -> FileName? {
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno == 0 { return nil }
                if errno == EINTR { continue }
                throw PosixError(code: errno, operation: "readdir", path: path)
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
                unsafe start.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
                    unsafe FileName(UnsafeBufferPointer(start: bytes, count: strlen(start)))
                }
            }
            if name != "." && name != ".." { return name }
        }
    }
}

extension OwnedFile {
    /// The names in this directory, in no order.
    func names() throws(PosixError) -> [FileName] {
        var reader = try DirectoryReader(self)
        var names: [FileName] = []
        while let name = try reader.next() { names.append(name) }
        return names
    }
}
