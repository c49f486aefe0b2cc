import HoldfastModel

/// The 96-bit nonce of AES-GCM as a big-endian number: a frame's offset in its pack, or a stream's counter and last-frame flag.
package struct Nonce: Hashable, Sendable {
    private let high: UInt32
    private let value: UInt64

    /// For keys that seal once.
    package static let zero = Nonce(offset: 0)

    /// Exactly 12 bytes: a nonce that someone else chose, such as a published vector's. Other lengths are not expressible.
    package init?(bytes: Span<UInt8>) {
        guard bytes.count == 12 else { return nil }
        high = UInt32(bigEndian: bytes, at: 0)
        value = UInt64(bigEndian: bytes, at: 4)
    }

    /// A frame's offset in its pack, in bytes.
    package init(offset: Int) { (high, value) = (0, UInt64(offset)) }

    /// STREAM: an 11-byte counter, then one byte that says whether the frame is the last.
    package init(counter: Int, isLast: Bool) { (high, value) = (0, UInt64(counter) << 8 | (isLast ? 1 : 0)) }

    var bytes: [12 of UInt8] {
        let (high, value) = (high, value)
        return [12 of UInt8] { index in
            index < 4
                ? UInt8(truncatingIfNeeded: high >> (8 * (3 - index))) : UInt8(truncatingIfNeeded: value >> (8 * (11 - index)))
        }
    }
}
