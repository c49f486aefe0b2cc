import HoldfastCrypto
package import HoldfastModel

/// Builds one pack: sealed chunks one after another, then padding (`docs/FORMAT.md`, section 3). It is in memory whole, or is handed over part by
/// part while it grows.
///
/// Its key is drawn here and dies with it: a pack that is not finished is never sealed again under the same key.
package struct PackWriter: ~Copyable, Sendable {
    /// Where chunks begin: after the eight bytes that say what the object is.
    package static let magic = Array("HFPACK\0\u{1}".utf8)
    /// All parts but the last have so many bytes: where they end says nothing of what is in them.
    package static let partByteCount = 4 << 20

    private let key: Secret
    private let schedule: PackKeySchedule
    private let cipher = AESGCM()
    /// What is sealed and not handed over.
    private var bytes: [UInt8]
    private var takenByteCount = 0
    /// What was sealed behind the last part that was handed over, until there is a buffer for it.
    private var rest: [UInt8] = []
    /// False from `takePart` to `goOn`.
    package private(set) var hasRoom = true

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

    /// The length of the pack so far.
    package var byteCount: Int { takenByteCount + bytes.count + rest.count }
    /// Whether a part can be handed over.
    package var hasPart: Bool { hasRoom && bytes.count >= Self.partByteCount }
    /// Whether there is no chunk in it.
    package var isEmpty: Bool { byteCount == Self.magic.count }

    /// Seals `payload` (compressed or raw) as the chunk whose plaintext has `hash`, and answers its offset in the pack.
    package mutating func append(_ payload: Span<UInt8>, hash: Digest) -> Int {
        precondition(hasRoom, "between two parts there is no place for a chunk")
        let offset = byteCount
        bytes.append(contentsOf: payload)
        seal(from: offset, key: schedule.chunkKey(hash: hash))
        return offset
    }

    /// Hands over the next part. Nothing may be appended before `goOn`.
    package mutating func takePart() -> [UInt8] {
        precondition(hasPart, "there is no part to hand over")
        hasRoom = false
        let count = Self.partByteCount
        var part: [UInt8] = []
        swap(&part, &bytes)
        rest.append(contentsOf: part.span.extracting(count...))
        part.removeLast(part.count - count)
        takenByteCount += count
        return part
    }

    /// Goes on behind the part that was handed over, in a buffer as that of `init`.
    package mutating func goOn(capacity: Int, in buffer: consuming [UInt8]) {
        bytes = consume buffer
        bytes.removeAll(keepingCapacity: true)
        bytes.reserveCapacity(capacity)
        bytes += rest
        rest.removeAll(keepingCapacity: true)
        hasRoom = true
    }

    /// Pads to a Padmé size: what is not handed over, and the key.
    package consuming func close() -> LastPart {
        precondition(hasRoom, "what was kept for the next part is of this pack")
        let offset = byteCount
        let target = Padme.padded(offset + 2 * AESGCM.tagByteCount)
        bytes.append(contentsOf: repeatElement(0, count: target - offset - AESGCM.tagByteCount))
        seal(from: offset, key: schedule.padKey())
        return LastPart(bytes: bytes, key: key)
    }

    /// Pads and names a pack of which nothing was handed over.
    package consuming func finish() -> SealedPack {
        let whole = close()
        let bytes = whole.bytes
        return SealedPack(id: SHA256.hash(bytes.span), bytes: bytes, key: whole.key)
    }

    /// Seals everything from `offset` to the end in place, and adds the tag; the offset is the nonce.
    private mutating func seal(from offset: Int, key: Digest) {
        bytes.append(contentsOf: repeatElement(0, count: AESGCM.tagByteCount))
        var keyBytes = [32 of UInt8](repeating: 0)
        var keySpan = keyBytes.mutableSpan
        key.write(to: &keySpan, at: 0)
        Self.seal(&bytes, from: offset - takenByteCount, nonce: Nonce(offset: offset), key: keyBytes.span, with: cipher)
    }

    private static func seal(
        _ bytes: inout [UInt8], from start: Int, nonce: Nonce, key: Span<UInt8>, with cipher: borrowing AESGCM
    ) {
        let end = bytes.count
        var span = bytes.mutableSpan
        var frame = span._mutatingExtracting(start..<end)
        cipher.seal(&frame, key: key, nonce: nonce)
    }
}

/// The end of a pack, or all of it, and the key that the manifest carries.
package struct LastPart: ~Copyable, Sendable {
    package private(set) var bytes: [UInt8]
    package let key: Secret

    /// The bytes, which nobody else holds then: their memory can be used again without a copy.
    package mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}

/// A finished pack: its bytes, its name, and the key that the manifest carries.
package struct SealedPack: ~Copyable, Sendable {
    package let id: Digest
    package let bytes: [UInt8]
    package let key: Secret
}
