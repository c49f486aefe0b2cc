import CPosix
import Glibc
import Testing

/// A file that is changed in place, beside a plain copy of what it must hold.
final class EditedFile {
    private let descriptor: Int32
    private(set) var bytes: [UInt8]

    init(_ path: String, _ bytes: [UInt8]) throws {
        self.bytes = []
        descriptor = unsafe open(path, O_RDWR | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        try write(bytes, at: 0)
    }

    deinit { close(descriptor) }

    func write(_ new: [UInt8], at offset: Int) throws {
        let written = unsafe pwrite(descriptor, new, new.count, offset)
        try #require(written == new.count)
        let missing = max(0, offset + new.count - bytes.count)
        bytes += [UInt8](repeating: 0, count: missing)
        bytes.replaceSubrange(offset..<(offset + new.count), with: new)
    }

    /// Cuts the file off, or lets it grow by a hole.
    func resize(to count: Int) throws {
        try #require(ftruncate(descriptor, count) == 0)
        bytes = bytes.prefix(count) + [UInt8](repeating: 0, count: max(0, count - bytes.count))
    }

    /// Makes a hole: `FALLOC_FL_KEEP_SIZE` and `FALLOC_FL_PUNCH_HOLE`, which come as macros.
    func punch(_ range: Range<Int>) throws {
        try #require(fallocate(descriptor, 0x01 | 0x02, range.lowerBound, range.count) == 0)
        let end = min(range.upperBound, bytes.count)
        bytes.replaceSubrange(range.lowerBound..<end, with: repeatElement(0, count: end - range.lowerBound))
    }
}
