import CPosix
import Glibc

/// An open file or directory that is closed when this value goes.
struct OwnedFile: ~Copyable, Sendable {
    let descriptor: Int32
    /// What was opened, for messages only.
    let path: String

    /// Takes over a descriptor: nobody else may close it.
    init(adopting descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a path, always close-on-exec.
    init(open path: String, _ flags: Int32, mode: mode_t = 0) throws(PosixError) {
        let name = try FileName(path).terminated()
        let descriptor = try posix("open", path) { unsafe posix_openat(AT_FDCWD, name, flags | O_CLOEXEC, mode) }
        self.init(adopting: descriptor, path: path)
    }

    deinit { close(descriptor) }

    func status() throws(PosixError) -> stat {
        let descriptor = descriptor
        var status = stat()
        try posix("stat", path) { unsafe fstat(descriptor, &status) }
        return status
    }

    /// Returns once the bytes of a file, or the names in a directory, survive a loss of power.
    func sync() throws(PosixError) {
        let descriptor = descriptor
        try posix("fsync", path) { fsync(descriptor) }
    }

    /// Tells what closing the file would, and leaves it open: a file system over a network may say only there what it could not write.
    func flush() throws(PosixError) {
        let descriptor = descriptor
        // The kernel flushes at each close of a file that is open, whichever descriptor it is by.
        let other = try posix("dup", path) { posix_duplicate(descriptor) }
        // One that a signal interrupts has closed it all the same.
        guard close(other) == 0 || errno == EINTR else { throw PosixError(code: errno, operation: "close", path: path) }
    }
}

extension OwnedFile {
    /// Fills `bytes` from `offset` on; fewer are read only where the file ends. Returns how many.
    func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(PosixError) -> Int {
        var filled = 0
        while filled < bytes.count {
            let count = try readOnce(at: offset + filled, into: &bytes, from: filled)
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    private func readOnce(at offset: Int, into bytes: inout MutableSpan<UInt8>, from filled: Int) throws(PosixError) -> Int {
        let descriptor = descriptor
        let answer = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            Result<Int, PosixError> { () throws(PosixError) in
                let rest = buffer.extracting(filled...)
                return try posix("read", path) { unsafe pread(descriptor, rest.baseAddress, rest.count, offset) }
            }
        }
        return try answer.get()
    }

    /// All bytes from `offset` on, `count` of them or as many as there are; `isDirect`: as `readDirect(at:into:)` reads.
    func read(at offset: Int, count: Int, isDirect: Bool = false) throws(PosixError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        let filled = isDirect ? try readDirect(at: offset, into: &span) : try read(at: offset, into: &span)
        bytes.removeLast(count - filled)
        return bytes
    }

    /// All of a file of a known, modest size.
    func readWhole() throws(PosixError) -> [UInt8] {
        try read(at: 0, count: Int(try status().st_size))
    }

    /// All that comes until the end: pipes and the kernel's own files have no size to go by.
    func readToEnd() throws(PosixError) -> [UInt8] {
        let (descriptor, byteCount) = (descriptor, 1 << 16)
        var (bytes, block): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: byteCount))
        while true {
            let count = try posix("read", path) { unsafe Glibc.read(descriptor, &block, byteCount) }
            if count == 0 { return bytes }
            bytes += block[..<count]
        }
    }

    /// Writes all of `bytes` where the file's position stands.
    func write(_ bytes: Span<UInt8>) throws(PosixError) {
        var written = 0
        while written < bytes.count {
            written += try writeOnce(bytes.extracting(written...))
        }
    }

    private func writeOnce(_ bytes: Span<UInt8>) throws(PosixError) -> Int {
        let descriptor = descriptor
        let answer = unsafe bytes.withUnsafeBufferPointer { buffer in
            Result<Int, PosixError> { () throws(PosixError) in
                try posix("write", path) { unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
            }
        }
        return try answer.get()
    }
}
