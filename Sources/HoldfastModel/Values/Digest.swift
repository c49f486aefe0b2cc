/// Thirty-two bytes out of SHA-256 or HMAC-SHA256: a pack's name, a chunk's hash, a record's sum.
///
/// Comparison is not constant-time: never compare a secret or a MAC with it (`ConstantTime` in HoldfastCrypto is for that).
package struct Digest: Hashable, Comparable, Sendable {
    private let a: UInt64
    private let b: UInt64
    private let c: UInt64
    private let d: UInt64

    package static let byteCount = 32

    /// Takes exactly 32 bytes.
    package init?(bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        a = UInt64(bigEndian: bytes, at: 0)
        b = UInt64(bigEndian: bytes, at: 8)
        c = UInt64(bigEndian: bytes, at: 16)
        d = UInt64(bigEndian: bytes, at: 24)
    }

    /// Takes exactly 64 lowercase hex digits, nothing else.
    package init?(_ hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes.span)
    }

    /// Takes exactly 64 lowercase hex digits as bytes.
    package init?(hexDigits digits: Span<UInt8>) {
        guard digits.count == 2 * Self.byteCount, let a = Hex.word(digits, at: 0), let b = Hex.word(digits, at: 16),
            let c = Hex.word(digits, at: 32), let d = Hex.word(digits, at: 48)
        else { return nil }
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }

    package var bytes: [UInt8] { a.bigEndianBytes + b.bigEndianBytes + c.bigEndianBytes + d.bigEndianBytes }
    package var hex: String { Hex.encode(bytes) }

    /// The first 16 bytes as two words, for a table that trades the second half for memory.
    package var prefix: (UInt64, UInt64) { (a, b) }

    /// The last eight bytes, for decisions that need a few uniform bits.
    package var lastWord: UInt64 { d }

    /// Writes the 32 bytes at `offset`.
    package func write(to bytes: inout MutableSpan<UInt8>, at offset: Int) {
        a.writeBigEndian(to: &bytes, at: offset)
        b.writeBigEndian(to: &bytes, at: offset + 8)
        c.writeBigEndian(to: &bytes, at: offset + 16)
        d.writeBigEndian(to: &bytes, at: offset + 24)
    }

    /// Adds the 32 bytes at the end, without an array in between.
    package func append(to bytes: inout [UInt8]) {
        a.appendBigEndian(to: &bytes)
        b.appendBigEndian(to: &bytes)
        c.appendBigEndian(to: &bytes)
        d.appendBigEndian(to: &bytes)
    }

    package static func < (x: Self, y: Self) -> Bool { (x.a, x.b, x.c, x.d) < (y.a, y.b, y.c, y.d) }
}

extension Digest: CustomStringConvertible {
    package var description: String { hex }
}
