import CPosix
import Glibc
import HoldfastModel

/// Paths from the root (raw bytes without the leading slash), of any length: the kernel takes at most 4,095 bytes in one call.
enum LongPath {
    private static let limit = 4000

    /// Opens what is at the path; symbolic links above the last component are followed.
    static func open(_ path: [UInt8], _ flags: Int32) throws(PosixError) -> OwnedFile {
        let shown = path.displayPath
        let descriptor = try call("open", path) { directory, name in
            unsafe posix_openat(directory, name, flags | O_CLOEXEC, 0)
        }
        return OwnedFile(adopting: descriptor, path: shown)
    }

    /// Makes a call of the `openat` family with a directory and a name that together mean the path.
    @safe static func call<Answer: SignedInteger>(
        _ operation: StaticString, _ path: [UInt8], _ body: (Int32, UnsafePointer<CChar>) -> Answer
    ) throws(PosixError) -> Answer {
        if path.count < limit {
            let name = try FileName([slash] + path).terminated()
            return try posix(operation, path.displayPath) { unsafe body(AT_FDCWD, name) }
        }
        let (directory, start) = try openFront(path)
        defer { close(directory) }
        let name = try FileName(path[start...]).terminated()
        return try posix(operation, path.displayPath) { unsafe body(directory, name) }
    }

    /// Calls `body` with a path that is short enough for calls that take nothing but a path.
    static func withShortPath<Answer>(_ path: [UInt8], _ body: ([CChar]) -> Answer) throws(PosixError) -> Answer {
        if path.count < limit { return body(try FileName([slash] + path).terminated()) }
        let (directory, start) = try openFront(path)
        defer { close(directory) }
        return body(try FileName(Array("/proc/self/fd/\(directory)/".utf8) + path[start...]).terminated())
    }

    private static let slash = UInt8(ascii: "/")

    /// Opens so many of the first components that the rest is short. The caller closes the descriptor.
    private static func openFront(_ path: [UInt8]) throws(PosixError) -> (directory: Int32, rest: Int) {
        var directory = try openDirectory([slash], below: AT_FDCWD, path)
        var start = 0
        while path.count - start >= limit, let cut = path[start..<(start + limit)].lastIndex(of: slash) {
            defer { start = cut + 1 }
            let above = directory
            defer { close(above) }
            directory = try openDirectory(path[start..<cut], below: above, path)
        }
        return (directory, start)
    }

    private static func openDirectory(
        _ name: ArraySlice<UInt8>, below directory: Int32, _ path: [UInt8]
    ) throws(PosixError) -> Int32 {
        let bytes = try FileName(name).terminated()
        return try posix("open", path.displayPath) {
            unsafe posix_openat(directory, bytes, Int32(posix_O_PATH) | O_DIRECTORY | O_CLOEXEC, 0)
        }
    }
}
