/// Reads JSON and refuses what two readers could take differently: a name twice, bytes that are no UTF-8, half a surrogate
/// pair, numbers that are not whole, anything after the value.
struct JSONParser {
    /// How deep arrays and objects may stand in one another.
    static let maximumDepth = 32

    private let bytes: [UInt8]
    private let cutsFractions: Bool
    private var position = 0
    private var depth = 0

    /// `cutsFractions`: a number that is not whole is read as the whole number below it, and not refused.
    init(_ bytes: [UInt8], cutsFractions: Bool = false) {
        self.bytes = bytes
        self.cutsFractions = cutsFractions
    }

    mutating func parseDocument() throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        let value = try parseValue()
        skipWhiteSpace()
        guard position == bytes.count else { throw fault("something follows the value") }
        return value
    }

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        switch peek {
        case UInt8(ascii: "{"): return .object(try parseObject())
        case UInt8(ascii: "["): return .array(try parseArray())
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parse("true", as: .bool(true))
        case UInt8(ascii: "f"): return try parse("false", as: .bool(false))
        case UInt8(ascii: "n"): return try parse("null", as: .null)
        default: return .integer(try parseInteger())
        }
    }

    private mutating func parse(_ word: String, as value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw fault("this is no JSON value") }
        position += word.utf8.count
        return value
    }

    private mutating func parseObject() throws(JSONError) -> JSONObject {
        var members: [JSONObject.Member] = []
        var names: Set<String> = []
        try parseList(UInt8(ascii: "}")) { parser throws(JSONError) in
            let start = parser.position
            let name = try parser.parseString()
            guard names.insert(name).inserted else {
                throw .syntax("the member '\(name)' stands twice", offset: start)
            }
            parser.skipWhiteSpace()
            try parser.expect(UInt8(ascii: ":"))
            parser.skipWhiteSpace()
            members.append(.init(name, try parser.parseValue()))
        }
        return JSONObject(checked: members)
    }

    private mutating func parseArray() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        try parseList(UInt8(ascii: "]")) { parser throws(JSONError) in elements.append(try parser.parseValue()) }
        return elements
    }

    /// What stands between an opening mark and `closing`, with commas between.
    private mutating func parseList(
        _ closing: UInt8, _ parseElement: (inout Self) throws(JSONError) -> Void
    ) throws(JSONError) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw fault("this is nested deeper than \(Self.maximumDepth)") }
        position += 1
        skipWhiteSpace()
        if peek != closing {
            while true {
                try parseElement(&self)
                skipWhiteSpace()
                guard peek == UInt8(ascii: ",") else { break }
                position += 1
                skipWhiteSpace()
            }
        }
        try expect(closing)
        depth -= 1
    }

    private mutating func parseInteger() throws(JSONError) -> Int64 {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        position += digits.count
        guard let first = digits.first else { throw .syntax("this is no JSON value", offset: start) }
        guard first != UInt8(ascii: "0") || digits.count == 1 else {
            throw .syntax("a number has a leading zero", offset: start)
        }
        if cutsFractions, let number = parseFraction(from: start) { return number }
        let tail = peek
        guard tail != UInt8(ascii: "."), tail != UInt8(ascii: "e"), tail != UInt8(ascii: "E") else {
            throw .syntax("a number is not whole", offset: start)
        }
        guard let number = Int64(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw .syntax("a number has more than 64 bits", offset: start)
        }
        return number
    }

    /// The whole number below the one that begins at `start`, where that goes on with a fraction or an exponent.
    private mutating func parseFraction(from start: Int) -> Int64? {
        let tail = bytes[position...].prefix { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"),
                UInt8(ascii: "+"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        let end = position + tail.count
        guard !tail.isEmpty, let number = Double(String(decoding: bytes[start..<end], as: UTF8.self)),
            let whole = Int64(exactly: number.rounded(.down))
        else { return nil }
        position = end
        return whole
    }

    private mutating func parseString() throws(JSONError) -> String {
        let start = position
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw .syntax("a string is not UTF-8", offset: start)
                }
                return string
            case UInt8(ascii: "\\"): try parseEscape(into: &text)
            case 0..<0x20: throw .syntax("a control character stands in a string", offset: position - 1)
            default: text.append(byte)
            }
        }
        throw .syntax("a string does not end", offset: start)
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSONError) {
        guard let mark = peek else { throw fault("a string does not end") }
        position += 1
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(mark)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += String(Character(try parseScalar())).utf8
        default: throw .syntax("an unknown escape", offset: position - 2)
        }
    }

    /// What follows `\u`: one code unit, or two that are a surrogate pair.
    private mutating func parseScalar() throws(JSONError) -> Unicode.Scalar {
        let start = position - 2
        let unit = try parseCodeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xdc00, bytes[position...].starts(with: "\\u".utf8) else {
            throw .syntax("half a surrogate pair", offset: start)
        }
        position += 2
        let low = try parseCodeUnit()
        guard (0xdc00...0xdfff).contains(low),
            let scalar = Unicode.Scalar(0x10000 + ((UInt32(unit) - 0xd800) << 10) + (UInt32(low) - 0xdc00))
        else { throw .syntax("half a surrogate pair", offset: start) }
        return scalar
    }

    private mutating func parseCodeUnit() throws(JSONError) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("an escape needs four hex digits") }
        position += 4
        return unit
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard peek == byte else { throw fault("'\(Character(Unicode.Scalar(byte)))' is missing") }
        position += 1
    }

    private func fault(_ problem: String) -> JSONError { .syntax(problem, offset: position) }
}
