/// Base64 with the standard alphabet and padding (RFC 4648, section 4), for the bytes that stand in JSON.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : padding)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Refuses white space, missing padding and set bits that no byte uses: one value has one spelling.
    package static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 4) else { return nil }
        let paddingCount = digits.suffix(2).reversed().prefix { $0 == padding }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3)
        for start in stride(from: 0, to: digits.count, by: 4) {
            let unused = start + 4 == digits.count ? paddingCount : 0
            guard let bits = value(of: digits[start..<(start + 4 - unused)]) else { return nil }
            let aligned = bits << UInt32(6 * unused)
            guard aligned & (1 << UInt32(8 * unused) - 1) == 0 else { return nil }
            for index in 0..<(3 - unused) { bytes.append(UInt8(truncatingIfNeeded: aligned >> UInt32(16 - 8 * index))) }
        }
        return bytes
    }

    private static func value(of digits: ArraySlice<UInt8>) -> UInt32? {
        digits.reduce(UInt32(0)) { bits, digit in
            guard let bits, let value = value(of: digit) else { return nil }
            return bits << 6 | value
        }
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
