import CPosix
import Glibc

extension OwnedFile {
    /// From this length on, in bytes, a write past the page cache pays.
    private static let directByteCount = 1 << 20

    /// Writes all of `bytes` at the end of a file, which is at `offset`, past the page cache where the file system can: what is backed up does
    /// not push out what the machine works with, and no page is taken, copied into and written back later.
    func writeDirect(_ bytes: Span<UInt8>, at offset: Int) throws(PosixError) {
        var written = 0
        if bytes.count >= Self.directByteCount, offset % BlockBuffer.blockByteCount == 0, set(direct: true) {
            written = try writeBlocks(of: bytes, at: offset)
            // What is left is less than a block, or the file system wants blocks of another kind.
            guard set(direct: false) else { throw PosixError(code: errno, operation: "fcntl", path: path) }
        }
        let (descriptor, end) = (descriptor, offset + written)
        if end > 0 { try posix("lseek", path) { lseek(descriptor, end, SEEK_SET) } }
        try write(bytes.extracting(written...))
    }

    /// Writes whole blocks from `offset` on, through an aligned buffer, and returns how many bytes those were.
    private func writeBlocks(of bytes: Span<UInt8>, at offset: Int) throws(PosixError) -> Int {
        let buffer = BlockBuffer()
        var written = 0
        while bytes.count - written >= BlockBuffer.blockByteCount {
            let count = buffer.fill(from: bytes.extracting(written...))
            do throws(PosixError) {
                try buffer.write(count, to: self, at: offset + written)
            } catch  where error.code == EINVAL {
                return written
            }
            written += count
        }
        return written
    }

    /// Fills `bytes` from `offset` on as `read(at:into:)` does: with what is in the page cache, and the rest past it where the file system can.
    func readDirect(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(PosixError) -> Int {
        guard bytes.count >= Self.directByteCount else { return try read(at: offset, into: &bytes) }
        let count = bytes.count
        var filled = readCached(at: offset, into: &bytes)
        if filled < count, set(direct: true) {
            var rest = bytes._mutatingExtracting(filled..<count)
            do throws(PosixError) {
                return filled + (try readBlocks(at: offset + filled, into: &rest))
            } catch  where error.code == EINVAL {
                // The file system wants blocks of another kind.
                guard set(direct: false) else { throw error }
            }
        }
        var rest = bytes._mutatingExtracting(filled..<count)
        filled += try read(at: offset + filled, into: &rest)
        return filled
    }

    /// How many bytes from `offset` on were in the page cache; none where the system cannot tell.
    private func readCached(at offset: Int, into bytes: inout MutableSpan<UInt8>) -> Int {
        let descriptor = descriptor
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe posix_read_cached(descriptor, rest.baseAddress, rest.count, offset + filled)
            }
            guard count > 0 else { break }
            filled += count
        }
        return filled
    }

    private func readBlocks(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(PosixError) -> Int {
        let buffer = BlockBuffer()
        let count = bytes.count
        var filled = 0
        while filled < count {
            let place = offset + filled
            let skipped = place % BlockBuffer.blockByteCount
            let wanted =
                (skipped + count - filled + BlockBuffer.blockByteCount - 1) / BlockBuffer.blockByteCount
                * BlockBuffer.blockByteCount
            let read = try buffer.read(from: self, at: place - skipped, upTo: wanted)
            let taken = min(read - skipped, count - filled)
            guard taken > 0 else { break }
            var rest = bytes._mutatingExtracting(filled..<count)
            buffer.copy(skipped..<(skipped + taken), to: &rest)
            filled += taken
        }
        return filled
    }

    /// False where the file system knows no direct access.
    private func set(direct: Bool) -> Bool {
        posix_set_status_flags(descriptor, direct ? Int32(posix_O_DIRECT) : 0) == 0
    }
}
