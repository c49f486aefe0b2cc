import HoldfastCrypto
package import HoldfastModel

/// Builds one pack in memory: sealed chunks one after another, then padding (`docs/FORMAT.md`, section 3).
///
/// Its key is drawn here and dies with it: a pack that is not finished is never sealed again under the same key.
package struct PackWriter: ~Copyable, Sendable {
    /// Where chunks begin: after the eight bytes that say what the object is.
    package static let magic = Array("HFPACK\0\u{1}".utf8)

    private let key: Secret
    private let schedule: PackKeySchedule
    private let cipher = AESGCM()
    private var bytes: [UInt8]

    /// `capacity` is what is set aside at once, in bytes, where `buffer`, whose content is over, has not got it.
    package init(capacity: Int, in buffer: consuming [UInt8] = []) {
        let key = Random.secret()
        schedule = PackKeySchedule(of: key)
        self.key = key
        bytes = consume buffer
        bytes.removeAll(keepingCapacity: true)
        bytes.reserveCapacity(capacity)
        bytes += Self.magic
    }

    package var byteCount: Int { bytes.count }
    /// Whether there is no chunk in it.
    package var isEmpty: Bool { bytes.count == Self.magic.count }

    /// Seals `payload` (compressed or raw) as the chunk whose plaintext has `hash`, and answers its offset in the pack.
    package mutating func append(_ payload: Span<UInt8>, hash: Digest) -> Int {
        let offset = bytes.count
        bytes.append(contentsOf: payload)
        seal(from: offset, key: schedule.chunkKey(hash: hash))
        return offset
    }

    /// Pads to a Padmé size and names the pack.
    package consuming func finish() -> SealedPack {
        let offset = bytes.count
        let target = Padme.padded(offset + 2 * AESGCM.tagByteCount)
        bytes.append(contentsOf: repeatElement(0, count: target - offset - AESGCM.tagByteCount))
        seal(from: offset, key: schedule.padKey())
        return SealedPack(id: SHA256.hash(bytes.span), bytes: bytes, key: key)
    }

    /// Seals everything from `offset` to the end in place, and adds the tag; the offset is the nonce.
    private mutating func seal(from offset: Int, key: Digest) {
        bytes.append(contentsOf: repeatElement(0, count: AESGCM.tagByteCount))
        var keyBytes = [32 of UInt8](repeating: 0)
        var keySpan = keyBytes.mutableSpan
        key.write(to: &keySpan, at: 0)
        Self.seal(&bytes, from: offset, key: keyBytes.span, with: cipher)
    }

    private static func seal(_ bytes: inout [UInt8], from offset: Int, key: Span<UInt8>, with cipher: borrowing AESGCM) {
        let end = bytes.count
        var span = bytes.mutableSpan
        var frame = span._mutatingExtracting(offset..<end)
        cipher.seal(&frame, key: key, nonce: Nonce(offset: offset))
    }
}

/// A finished pack: its bytes, its name, and the key that the manifest carries.
package struct SealedPack: ~Copyable, Sendable {
    package let id: Digest
    package private(set) var bytes: [UInt8]
    package let key: Secret

    /// The bytes, which nobody else holds then: their memory can be used again without a copy.
    package mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
