import HoldfastFormat
import HoldfastModel
import Testing

@Suite("JSON, read strictly")
struct JSONTests {
    @Test(
        "a value is read as what it is",
        arguments: [
            ("null", nil), ("true", true), ("false", false), ("0", 0), ("-1", -1), (" 12 ", 12),
            ("9223372036854775807", 9_223_372_036_854_775_807), ("-9223372036854775808", -9_223_372_036_854_775_808),
            (#""""#, ""), (#""aé€😀""#, "aé€😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u0000\u00e9\ud83d\uDE00""#, "\u{0}é😀"), ("[]", []), ("[1,[2],\"3\"]", [1, [2], "3"]),
            ("{}", .object([:])), (#" { "b" : 1 , "a" : { "b" : null } } "#, .object(["b": 1, "a": .object(["b": nil])])),
        ] as [(String, JSONValue)])
    func accepted(text: String, expected: JSONValue) throws {
        #expect(try JSONValue.parse(Array(text.utf8)) == expected)
    }

    @Test(
        "what another reader could take differently is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "1.0", "1e3", "1E3", "-", "+1", "01", "-01", "0x1", "9223372036854775808", "NaN",
            "1 2", "{} {}", "[1,]", "[,1]", "[1 2]", "[", "]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}",
            "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "[{\"a\":{\"b\":1,\"b\":2}}]", "\"", "\"a",
            "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\n\"",
            "\"\u{1}\"", "// c\n1", "\u{feff}1",
        ])
    func refused(text: String) {
        #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.utf8)) }
    }

    @Test("bytes that are no UTF-8 are refused", arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]])
    func invalidText(_ bytes: [UInt8]) {
        let quoted = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        #expect(throws: JSONError.syntax("a string is not UTF-8", offset: 0)) { try JSONValue.parse(quoted) }
    }

    @Test("32 levels are read, 33 are not, and a million do no harm")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: UInt8(ascii: "["), count: depth) + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        }
        _ = try JSONValue.parse(nested(32))
        #expect(throws: JSONError.syntax("this is nested deeper than 32", offset: 32)) { try JSONValue.parse(nested(33)) }
        #expect(throws: JSONError.self) { try JSONValue.parse(nested(1_000_000)) }
    }

    @Test("an error tells the byte")
    func offsets() {
        #expect(throws: JSONError.syntax("the member 'a' stands twice", offset: 7)) {
            try JSONValue.parse(Array(#"{"a":1,"a":2}"#.utf8))
        }
    }

    @Test("what is written has no spaces, keeps the order, escapes only what it must, and reads back")
    func written() throws {
        let object: JSONObject = ["z": 1, "a": [nil, true, "é/\"\\\n\u{1f}"], "m": .object([:])]
        let text = #"{"z":1,"a":[null,true,"é/\"\\\u000a\u001f"],"m":{}}"#
        #expect(String(decoding: object.serialized, as: UTF8.self) == text)
        #expect(try JSONObject.parse(object.serialized) == object)
    }

    @Test("members are read as what they must be, and the error names the member")
    func members() throws {
        let object: JSONObject = ["n": 7, "s": "text", "b": .base64([1, 2, 3]), "t": "2027-01-31T18:00:00Z", "null": nil]
        #expect(try object.integer("n") == 7)
        #expect(try object.base64("b", count: 3) == [1, 2, 3])
        #expect(try object.time("t") == Timestamp("2027-01-31T18:00:00Z"))
        #expect(try object.optional("null", object.string) == nil)
        #expect(try object.optional("missing", object.integer) == nil)
        #expect(try object.optional("s", object.string) == "text")
        #expect(throws: JSONError.member("missing", problem: "is missing")) { try object.string("missing") }
        #expect(throws: JSONError.member("s", problem: "is not a whole number")) { try object.integer("s") }
        #expect(throws: JSONError.member("n", problem: "is not a string")) { try object.optional("n", object.string) }
        #expect(throws: JSONError.member("b", problem: "has 3 bytes instead of 4")) { try object.base64("b", count: 4) }
        #expect(throws: JSONError.member("s", problem: "is not known here")) {
            try object.refuseMembers(besides: ["n", "b", "t", "null"])
        }
    }

    @Test("a time has one spelling", arguments: ["2027-01-31", "2027-01-31T18:00:00+00:00", "2027-01-31T18:00:00.5Z", "now"])
    func times(_ text: String) {
        let object: JSONObject = ["t": .string(text)]
        #expect(throws: JSONError.self) { try object.time("t") }
    }

    @Test(
        "base64 as RFC 4648 has it",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test(
        "base64 with another spelling of the same bytes is refused",
        arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "=", "====", "Z===", "Zm9v\n", "Zm 9", "Zm-_", "Zg==="])
    func otherBase64(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("every byte survives base64")
    func allBytes() {
        for count in 0..<260 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }

    @Test(
        "of what others wrote a fraction is cut off, and all else is as strict",
        arguments: [
            ("1.5E9", 1_500_000_000), ("1499990000.997", 1_499_990_000), ("-0.5", -1), ("7", 7), ("1e400", nil), ("1.2.3", nil),
        ]
            as [(String, Int64?)])
    func foreign(text: String, expected: Int64?) {
        let object = try? JSONObject.parse(foreign: Array("{\"a\":\(text)}".utf8))
        #expect(object?["a"] == expected.map { .integer($0) })
    }
}
