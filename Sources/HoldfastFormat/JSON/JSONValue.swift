/// One JSON value of the format: what headers, records and the keyring are made of.
///
/// Stricter than JSON: whole numbers only, no name twice in an object, a limited depth (`docs/FORMAT.md`, attack W25).
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Reads exactly one value that fills `bytes`, but for white space around it.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes)
        return try parser.parseDocument()
    }

    /// UTF-8 without white space, members in their order.
    package var serialized: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}

extension JSONValue {
    /// Bytes as base64.
    package static func base64(_ bytes: [UInt8]) -> JSONValue { .string(Base64.encode(bytes)) }

    /// The description's text, or null where there is nothing: ids, sums, times.
    package static func text(_ value: (some CustomStringConvertible)?) -> JSONValue {
        value.map { .string($0.description) } ?? .null
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.reduce(into: JSONObject()) { $0.append($1.0, $1.1) })
    }
    package init(nilLiteral: ()) { self = .null }
}
