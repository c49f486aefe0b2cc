/// The 96-bit nonce of AES-GCM as a big-endian number: a frame's offset in its pack, or a stream's counter and last-frame flag.
package struct Nonce: Hashable, Sendable {
    private let value: UInt64

    /// For keys that seal once.
    package static let zero = Nonce(value: 0)

    private init(value: UInt64) { self.value = value }

    /// A frame's offset in its pack, in bytes.
    package init(offset: Int) { value = UInt64(offset) }

    /// STREAM: an 11-byte counter, then one byte that says whether the frame is the last.
    package init(counter: Int, isLast: Bool) { value = UInt64(counter) << 8 | (isLast ? 1 : 0) }

    var bytes: [12 of UInt8] {
        let value = value
        return [12 of UInt8] { index in index < 4 ? 0 : UInt8(truncatingIfNeeded: value >> (8 * (11 - index))) }
    }
}
