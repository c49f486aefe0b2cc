import CPosix
import Glibc

/// Reads the names in a directory one by one, in no order, without `.` and `..`.
@safe struct DirectoryReader: ~Copyable {
    private let stream: OpaquePointer
    private let path: String

    init(_ directory: borrowing OwnedFile) throws(PosixError) {
        path = directory.path
        let own = try directory.openDirectory(".")
        let original = own.descriptor
        let descriptor = try posix("dup", path) { fcntl(original, F_DUPFD_CLOEXEC, 0) }
        guard let stream = unsafe fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw PosixError(code: code, operation: "opendir", path: directory.path)
        }
        unsafe self.stream = stream
    }

    deinit { unsafe closedir(stream) }

    /// The next name; nil at the end.
    mutating func next() throws(PosixError) -> FileName? {
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno == 0 { return nil }
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
