import CPosix
import Glibc
package import HoldfastModel

/// Randomness from the kernel (`getrandom`), the only source of keys, salts and ids.
package enum Random {
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        fill(&span)
        return bytes
    }

    package static func secret(_ count: Int = 32) -> Secret { Secret(count: count) { fill(&$0) } }

    package static func id<Tag>() -> ID<Tag> {
        guard let id = ID<Tag>(bytes: bytes(ID<Tag>.byteCount).span) else { preconditionFailure("an id has 16 bytes") }
        return id
    }

    package static func fill(_ bytes: inout MutableSpan<UInt8>) {
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var filled = 0
            while filled < buffer.count {
                let count = unsafe getrandom(base + filled, buffer.count - filled, 0)
                precondition(count > 0 || errno == EINTR, "the kernel gives no randomness")
                filled += max(0, count)
            }
        }
    }
}
