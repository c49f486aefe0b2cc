/// A number of bytes as people write and read it: `16 MiB`, `1.5 GiB`.
package struct ByteCount: Hashable, Comparable, Sendable {
    package let bytes: Int64

    private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

    package init(_ bytes: Int64) { self.bytes = bytes }

    package static func < (a: Self, b: Self) -> Bool { a.bytes < b.bytes }

    /// Reads a whole number, one space and a unit from `B` to `EiB`.
    package init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0].utf8.allSatisfy({ (48...57).contains($0) }), let count = Int64(words[0]),
            let exponent = Self.units.firstIndex(of: String(words[1]))
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << (10 * exponent))
        guard !overflow else { return nil }
        self.init(bytes)
    }

    /// So much in each second, as `12.5 MiB/s`; nothing is known before any time has passed.
    package func rate(over seconds: Double) -> String {
        let perSecond = Double(bytes) / seconds
        guard seconds > 0, perSecond < Double(Int64.max) else { return "- B/s" }
        return "\(ByteCount(Int64(perSecond)))/s"
    }
}

extension ByteCount: CustomStringConvertible {
    /// In the largest unit of which there is at least one, rounded to a tenth.
    package var description: String {
        let (size, largest) = (bytes.magnitude, Self.units.count - 1)
        let exponent = (0..<largest).first { size >> (10 * $0) < 1024 && Self.tenths(of: size, exponent: $0) < 10_240 } ?? largest
        let tenths = Self.tenths(of: size, exponent: exponent)
        let number = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
        return "\(bytes < 0 ? "-" : "")\(number) \(Self.units[exponent])"
    }

    private static func tenths(of bytes: UInt64, exponent: Int) -> UInt64 {
        let unit = UInt64(1) << (10 * UInt64(exponent))
        return bytes / unit * 10 + (bytes % unit * 10 + unit / 2) / unit
    }
}
