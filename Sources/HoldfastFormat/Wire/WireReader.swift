/// Reads protobuf's wire format strictly: varints (minimal) and byte runs only; groups and fixed-width fields are refused.
package struct WireReader: Sendable {
    package enum Field: Hashable, Sendable {
        case number(UInt64, UInt64)
        case bytes(UInt64, Range<Int>)

        package var number: UInt64 {
            switch self {
            case .number(let number, _), .bytes(let number, _): number
            }
        }

        /// From this number on a reader must know a field to read its message rightly.
        private static let firstCritical: UInt64 = 64

        /// Throws for one that may not be passed over.
        func requireSkippable() throws(FormatError) {
            guard number < Self.firstCritical else { throw .unknownCriticalField(number) }
        }
    }

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    /// Reads `range` of `bytes`; ranges of the fields count from the start of `bytes`.
    package init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    package var isAtEnd: Bool { position == end }
    package var offset: Int { position }

    /// The next field, or nil at the end.
    package mutating func next() throws(FormatError) -> Field? {
        guard !isAtEnd else { return nil }
        let tag = try varint()
        guard tag >> 3 != 0 else { throw .malformed("field number 0") }
        switch tag & 7 {
        case 0: return .number(tag >> 3, try varint())
        case 2: return .bytes(tag >> 3, try run(of: try varint()))
        default: throw .malformed("wire type \(tag & 7)")
        }
    }

    /// One LEB128 number of at most 64 bits, in its shortest form.
    package mutating func varint() throws(FormatError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < end else { throw .malformed("a number that ends early") }
            let byte = bytes[position]
            position += 1
            guard shift < 63 || byte <= 1 else { throw .malformed("a number over 64 bits") }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                guard byte != 0 || shift == 0 else { throw .malformed("a number in a longer form than it needs") }
                return value
            }
            shift += 7
        }
    }

    /// The next `count` bytes.
    package mutating func run(of count: UInt64) throws(FormatError) -> Range<Int> {
        guard count <= UInt64(end - position) else { throw .malformed("bytes that end early") }
        let range = position..<(position + Int(count))
        position = range.upperBound
        return range
    }
}

extension UInt64 {
    /// The signed number that zigzag made of this one.
    package var zigzagDecoded: Int64 { Int64(bitPattern: (self >> 1) ^ (0 &- (self & 1))) }
}
