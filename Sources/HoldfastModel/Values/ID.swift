/// Sixteen random bytes that name something for ever; written as 32 lowercase hex digits.
///
/// The tag keeps the ids of different kinds apart: a `SnapshotID` never compiles where a `RepositoryID` is asked for.
package struct ID<Tag>: Hashable, Comparable, Sendable {
    private let high: UInt64
    private let low: UInt64

    package static var byteCount: Int { 16 }

    /// Takes exactly 16 bytes.
    package init?(bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        high = UInt64(bigEndian: bytes, at: 0)
        low = UInt64(bigEndian: bytes, at: 8)
    }

    /// Takes exactly 32 lowercase hex digits, nothing else.
    package init?(_ hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes.span)
    }

    /// Takes exactly 32 lowercase hex digits as bytes.
    package init?(hexDigits digits: Span<UInt8>) {
        guard digits.count == 2 * Self.byteCount, let high = Hex.word(digits, at: 0), let low = Hex.word(digits, at: 16) else {
            return nil
        }
        (self.high, self.low) = (high, low)
    }

    package var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }
    package var hex: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * Self.byteCount)
        forEachHexDigit { digits.append($0) }
        return String(decoding: digits, as: UTF8.self)
    }
    /// The digits of `hex` as bytes.
    package func forEachHexDigit(_ body: (UInt8) -> Void) {
        for shift in stride(from: 60, through: 0, by: -4) { body(Hex.digit(UInt8(high >> UInt64(shift) & 15))) }
        for shift in stride(from: 60, through: 0, by: -4) { body(Hex.digit(UInt8(low >> UInt64(shift) & 15))) }
    }
    /// The first eight digits, as lists show them.
    package var short: String { String(hex.prefix(8)) }

    package static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

extension ID: CustomStringConvertible {
    package var description: String { hex }
}

package enum SnapshotTag {}
package enum RepositoryTag {}
package enum LineageTag {}

/// Names one snapshot, and the log, packs and checkpoint that belong to it.
package typealias SnapshotID = ID<SnapshotTag>
/// Names one repository; pinned in the project file.
package typealias RepositoryID = ID<RepositoryTag>
/// Names snapshots that descend from one another and share their hash and cut keys.
package typealias LineageID = ID<LineageTag>
