package import HoldfastModel

/// What tells whether a page of a database file changed: the first 16 bytes of a keyed hash (`docs/FORMAT.md`, section 1).
///
/// Never fewer: two pages that agree in it count as the same, and one of them is not stored.
package struct PageHash: Hashable, Sendable {
    package static let byteCount = 16
    /// The byte under the hash; no chunk's domain.
    static let domain: UInt8 = 0x50
    /// Stands for a page that cannot be compared: a hole, or one that is data only in part.
    package static let none = PageHash(high: 0, low: 0)

    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    package init(_ digest: Digest) {
        let (high, low) = digest.prefix
        self.init(high: high, low: low)
    }

    /// Reads 16 bytes from `offset` on; the caller has checked that they are there.
    init(_ bytes: Span<UInt8>, at offset: Int) {
        self.init(high: UInt64(bigEndian: bytes, at: offset), low: UInt64(bigEndian: bytes, at: offset + 8))
    }

    func append(to bytes: inout [UInt8]) {
        high.appendBigEndian(to: &bytes)
        low.appendBigEndian(to: &bytes)
    }
}
