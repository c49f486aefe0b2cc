import HoldfastModel

/// Writing of protobuf's wire format in the one form that this format knows: ascending fields, minimal varints, zero and
/// empty values left out (`docs/FORMAT.md`, section 4).
extension [UInt8] {
    package mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// A number; zero is left out.
    package mutating func appendField(_ number: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        appendVarint(number << 3)
        appendVarint(value)
    }

    /// A signed number as zigzag; zero is left out.
    package mutating func appendField(_ number: UInt64, signed value: Int64) {
        appendField(number, UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// Bytes or a message; empty ones are left out, unless a repeated field counts them.
    package mutating func appendField(_ number: UInt64, _ bytes: Span<UInt8>, evenIfEmpty: Bool = false) {
        guard evenIfEmpty || !bytes.isEmpty else { return }
        appendVarint(number << 3 | 2)
        appendVarint(UInt64(bytes.count))
        append(contentsOf: bytes)
    }
}
