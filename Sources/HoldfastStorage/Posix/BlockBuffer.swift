import Glibc

/// Memory that a device can write from or read into directly: it begins, and ends, at a block.
@safe
struct BlockBuffer: ~Copyable {
    /// What every device and file system of today takes for a block, in bytes.
    static let blockByteCount = 4096
    static let byteCount = 1 << 20

    private let memory: UnsafeMutableRawBufferPointer

    init() {
        unsafe memory = .allocate(byteCount: Self.byteCount, alignment: Self.blockByteCount)
    }

    deinit { unsafe memory.deallocate() }

    /// Takes as many whole blocks from the front of `bytes` as there are and fit, and returns their length.
    func fill(from bytes: Span<UInt8>) -> Int {
        let count = min(bytes.count / Self.blockByteCount * Self.blockByteCount, Self.byteCount)
        unsafe bytes.withUnsafeBytes { unsafe memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        return count
    }

    /// Writes the first `count` bytes to a place in a file.
    func write(_ count: Int, to file: borrowing OwnedFile, at offset: Int) throws(PosixError) {
        let (descriptor, path) = (file.descriptor, file.path)
        var written = 0
        while written < count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: memory[written..<count])
            let place = offset + written
            written += try posix("write", path) { unsafe pwrite(descriptor, rest.baseAddress, rest.count, place) }
        }
    }

    /// Reads from a place in a file that is a multiple of a block, until the buffer is full or the file ends; returns how many bytes.
    func read(from file: borrowing OwnedFile, at offset: Int, upTo limit: Int) throws(PosixError) -> Int {
        let (descriptor, path) = (file.descriptor, file.path)
        let count = min(limit, Self.byteCount)
        var filled = 0
        while filled < count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[filled..<count])
            let place = offset + filled
            let read = try posix("read", path) { unsafe pread(descriptor, rest.baseAddress, rest.count, place) }
            filled += read
            // A read that is cut short within a block has met the end.
            if read % Self.blockByteCount != 0 || read == 0 { break }
        }
        return filled
    }

    /// Copies `range` of what was read to the front of `bytes`.
    func copy(_ range: Range<Int>, to bytes: inout MutableSpan<UInt8>) {
        unsafe bytes.withUnsafeMutableBytes { unsafe $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[range])) }
    }
}
