/// Fixed-width integers in the byte order of the format (`docs/FORMAT.md`: big-endian in fixed structures).
///
/// Inlinable, since other modules would otherwise call every shift of the generic code through a witness table.
extension FixedWidthInteger where Self: UnsignedInteger & Sendable {
    /// Reads `MemoryLayout<Self>.size` bytes from `offset` on; the caller has checked that they are there.
    @inlinable
    package init(bigEndian bytes: Span<UInt8>, at offset: Int) {
        var value: Self = 0
        for index in offset..<(offset + Self.bitWidth / 8) {
            value = (value << 8) | Self(truncatingIfNeeded: bytes[index])
        }
        self = value
    }

    @inlinable
    package var bigEndianBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.bitWidth / 8)
        appendBigEndian(to: &bytes)
        return bytes
    }

    @inlinable
    package func appendBigEndian(to bytes: inout [UInt8]) {
        for shift in stride(from: Self.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: self >> shift))
        }
    }

    @inlinable
    package func writeBigEndian(to bytes: inout MutableSpan<UInt8>, at offset: Int) {
        for index in 0..<(Self.bitWidth / 8) {
            bytes[offset + index] = UInt8(truncatingIfNeeded: self >> (Self.bitWidth - 8 - 8 * index))
        }
    }
}
