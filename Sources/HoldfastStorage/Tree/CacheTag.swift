import CPosix
import Glibc

/// The mark of a cache directory (<https://bford.info/cachedir/>).
enum CacheTag {
    static let name = "CACHEDIR.TAG"
    private static let signature = Array("Signature: 8a477f597d28d172789f06886806bc55".utf8)

    /// Whether the open directory has a tag with the standard's first bytes; one without them is no tag.
    static func isPresent(in directory: Int32) -> Bool {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let file = unsafe posix_openat(directory, name, flags, 0)
        guard file >= 0 else { return false }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: signature.count)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
        return count == signature.count && bytes == signature
    }
}
