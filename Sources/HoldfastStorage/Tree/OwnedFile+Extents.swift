import CPosix
import Glibc

/// Where an open file has data, and where holes.
extension OwnedFile {
    /// The next run of data at or after `offset`, in a file of `size` bytes: what lies before it is a hole. Nil where only a hole or the
    /// end follows. All is data where the file system cannot tell.
    func nextExtent(from offset: Int, size: Int) throws(PosixError) -> Range<Int>? {
        guard offset < size, let found = try seek(Int32(posix_SEEK_DATA), offset, orElse: offset), found < size else {
            return nil
        }
        let start = max(found, offset)
        let end = try seek(Int32(posix_SEEK_HOLE), start, orElse: size) ?? size
        return Self.extent(from: start, to: end, size: size)
    }

    /// A hole that begins where data does is no answer: then all is data. Whoever asks run by run always gets ahead.
    static func extent(from start: Int, to end: Int, size: Int) -> Range<Int> { start..<(end > start ? min(end, size) : size) }

    /// Nil past the last data; `unknown` where the file system cannot tell.
    private func seek(_ whence: Int32, _ offset: Int, orElse unknown: Int) throws(PosixError) -> Int? {
        let found = lseek(descriptor, offset, whence)
        if found >= 0 { return found }
        if errno == ENXIO { return nil }
        if errno == EINVAL || errno == EOPNOTSUPP { return unknown }
        throw PosixError(code: errno, operation: "lseek", path: path)
    }
}
