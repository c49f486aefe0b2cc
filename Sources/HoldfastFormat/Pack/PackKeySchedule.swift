import HoldfastCrypto
import HoldfastModel

/// The keys that come from one pack's key: of each chunk by its hash, and of the padding (`docs/FORMAT.md`, section 1).
///
/// A pack key alone opens nothing: it takes the hash that a listing names as well, so a snapshot opens the chunks that it
/// lists and no others of the same pack.
struct PackKeySchedule: ~Copyable {
    private let mac: HMACSHA256

    init(packKey: Span<UInt8>) { mac = HMACSHA256(key: packKey) }

    init(of packKey: borrowing Secret) { self.init(packKey: packKey.bytes) }

    func chunkKey(hash: Digest) -> Digest {
        var message = [37 of UInt8](repeating: 0)
        var span = message.mutableSpan
        for (index, byte) in "chunk".utf8.enumerated() { span[index] = byte }
        hash.write(to: &span, at: 5)
        return mac.authenticate(message.span)
    }

    func padKey() -> Digest { mac.authenticate(Array("pad".utf8).span) }
}
