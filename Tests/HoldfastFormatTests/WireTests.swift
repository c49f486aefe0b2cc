import HoldfastFormat
import Testing

@Suite("The wire format")
struct WireTests {
    @Test(
        "numbers have one form",
        arguments: [
            (UInt64(0), [UInt8(0)]), (1, [1]), (127, [0x7f]), (128, [0x80, 1]), (300, [0xac, 2]),
            (1 << 63, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]),
            (.max, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
        ] as [(UInt64, [UInt8])])
    func varints(value: UInt64, bytes: [UInt8]) throws {
        var written: [UInt8] = []
        written.appendVarint(value)
        #expect(written == bytes)
        var reader = WireReader(bytes)
        #expect(try reader.varint() == value)
        #expect(reader.isAtEnd)
    }

    @Test(
        "numbers in a longer form, over 64 bits, or cut short are refused",
        arguments: [
            [], [0x80], [0x80, 0], [0xff, 0], [0x81, 0x80, 0],
            [255, 255, 255, 255, 255, 255, 255, 255, 255, 2],
            [255, 255, 255, 255, 255, 255, 255, 255, 255, 0x81, 0],
        ] as [[UInt8]])
    func badVarints(bytes: [UInt8]) {
        #expect(throws: FormatError.self) {
            var reader = WireReader(bytes)
            _ = try reader.varint()
        }
    }

    @Test("signed numbers come back", arguments: [0, 1, -1, 2, -2, .max, .min] as [Int64])
    func zigzag(value: Int64) throws {
        var bytes: [UInt8] = []
        bytes.appendField(6, signed: value)
        var reader = WireReader(bytes)
        let field = try reader.next()
        guard value != 0 else {
            #expect(field == nil)
            return
        }
        guard case .number(6, let number) = field else {
            Issue.record("no field 6")
            return
        }
        #expect(number.zigzagDecoded == value)
    }

    @Test("zigzag is protobuf's", arguments: [(UInt64(1), Int64(-1)), (2, 1), (3, -2), (.max, .min)])
    func zigzagTable(number: UInt64, value: Int64) {
        #expect(number.zigzagDecoded == value)
    }

    @Test("fields come back as they were written, without what is zero or empty")
    func fields() throws {
        var bytes: [UInt8] = []
        bytes.appendField(1, 0)
        bytes.appendField(2, 150)
        bytes.appendField(3, [UInt8]().span)
        bytes.appendField(4, [UInt8]().span, evenIfEmpty: true)
        bytes.appendField(500, [7, 8].span)
        #expect(bytes == [0x10, 0x96, 1, 0x22, 0, 0xa2, 0x1f, 2, 7, 8])
        var reader = WireReader(bytes)
        #expect(try reader.next() == .number(2, 150))
        #expect(try reader.next() == .bytes(4, 5..<5))
        #expect(try reader.next() == .bytes(500, 8..<10))
        #expect(try reader.next() == nil)
    }

    @Test(
        "groups, fixed widths, field 0 and bytes that end early are refused",
        arguments: [
            [0x09, 0, 0, 0, 0, 0, 0, 0, 0], [0x0b, 0x0c], [0x0c], [0x0d, 0, 0, 0, 0], [0x0e], [0x0f], [0x00, 1], [0x02, 0],
            [0x0a, 2, 1], [0x0a], [0x08], [0x0a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
        ] as [[UInt8]])
    func badFields(bytes: [UInt8]) {
        #expect(throws: FormatError.self) {
            var reader = WireReader(bytes)
            while try reader.next() != nil {}
        }
    }

    @Test("a reader of a part does not look past its end")
    func parts() throws {
        let bytes: [UInt8] = [0x08, 1, 0x12, 1, 9]
        var reader = WireReader(bytes, 0..<4)
        #expect(try reader.next() == .number(1, 1))
        #expect(throws: FormatError.malformed("bytes that end early")) { try reader.next() }
    }
}
