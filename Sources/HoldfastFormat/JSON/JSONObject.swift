package import HoldfastModel

/// A JSON object: members in the order in which they stand, no name twice.
package struct JSONObject: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var members: [Member] = []

    package init() {}

    /// Reads an object that fills `bytes`, but for white space around it.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONObject {
        guard case .object(let object) = try JSONValue.parse(bytes) else {
            throw .syntax("this is not a JSON object", offset: 0)
        }
        return object
    }

    /// Reads an object that others wrote, who give times with fractions of a second: those are cut off. For nothing of our format.
    package static func parse(foreign bytes: [UInt8]) throws(JSONError) -> JSONObject {
        var parser = JSONParser(bytes, cutsFractions: true)
        guard case .object(let object) = try parser.parseDocument() else {
            throw .syntax("this is not a JSON object", offset: 0)
        }
        return object
    }

    package var serialized: [UInt8] { JSONValue.object(self).serialized }

    package subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

    /// Adds a member at the end; its name must not be there yet.
    package mutating func append(_ name: String, _ value: JSONValue) {
        precondition(self[name] == nil, "a member of this name is there already")
        members.append(Member(name, value))
    }

    /// For the parser, which has looked for duplicates itself.
    init(checked members: [Member]) { self.members = members }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (name, value) in elements { append(name, value) }
    }
}

/// Members as what they must be; the error names the member.
extension JSONObject {
    package func value(_ name: String) throws(JSONError) -> JSONValue {
        guard let value = self[name] else { throw .member(name, problem: "is missing") }
        return value
    }

    package func string(_ name: String) throws(JSONError) -> String {
        guard case .string(let text) = try value(name) else { throw .member(name, problem: "is not a string") }
        return text
    }

    package func integer(_ name: String) throws(JSONError) -> Int64 {
        guard case .integer(let number) = try value(name) else { throw .member(name, problem: "is not a whole number") }
        return number
    }

    package func bool(_ name: String) throws(JSONError) -> Bool {
        guard case .bool(let truth) = try value(name) else { throw .member(name, problem: "is not true or false") }
        return truth
    }

    package func array(_ name: String) throws(JSONError) -> [JSONValue] {
        guard case .array(let elements) = try value(name) else { throw .member(name, problem: "is not a list") }
        return elements
    }

    package func object(_ name: String) throws(JSONError) -> JSONObject {
        guard case .object(let object) = try value(name) else { throw .member(name, problem: "is not an object") }
        return object
    }

    package func objects(_ name: String) throws(JSONError) -> [JSONObject] {
        try array(name).map { element throws(JSONError) in
            guard case .object(let object) = element else { throw .member(name, problem: "is not a list of objects") }
            return object
        }
    }

    package func strings(_ name: String) throws(JSONError) -> [String] {
        try array(name).map { element throws(JSONError) in
            guard case .string(let text) = element else { throw .member(name, problem: "is not a list of strings") }
            return text
        }
    }

    /// Bytes in base64, exactly `count` of them where a count is given.
    package func base64(_ name: String, count: Int? = nil) throws(JSONError) -> [UInt8] {
        guard let bytes = Base64.decode(try string(name)) else { throw .member(name, problem: "is not base64") }
        if let count, bytes.count != count { throw .member(name, problem: "has \(bytes.count) bytes instead of \(count)") }
        return bytes
    }

    package func id<Tag>(_ name: String) throws(JSONError) -> ID<Tag> {
        guard let id = ID<Tag>(try string(name)) else { throw .member(name, problem: "is not an id of 32 hex digits") }
        return id
    }

    package func digest(_ name: String) throws(JSONError) -> Digest {
        guard let digest = Digest(try string(name)) else { throw .member(name, problem: "is not a SHA-256 of 64 hex digits") }
        return digest
    }

    package func digests(_ name: String) throws(JSONError) -> [Digest] {
        try strings(name).map { text throws(JSONError) in
            guard let digest = Digest(text) else { throw .member(name, problem: "is not a list of SHA-256 of 64 hex digits") }
            return digest
        }
    }

    /// A time in the one spelling of the format: RFC 3339 in UTC, whole seconds.
    package func time(_ name: String) throws(JSONError) -> Timestamp {
        let text = try string(name)
        guard let time = Timestamp(text), time.description == text else {
            throw .member(name, problem: "is not a time as 2027-01-31T18:00:00Z")
        }
        return time
    }

    /// Nil where the member is missing or null: `try header.optional("base", header.string)`.
    package func optional<Value>(
        _ name: String, _ read: (String) throws(JSONError) -> Value
    ) throws(JSONError) -> Value? {
        guard let value = self[name], value != .null else { return nil }
        return try read(name)
    }

    /// Refuses members that are not among `known`.
    package func refuseMembers(besides known: [String]) throws(JSONError) {
        for member in members where !known.contains(member.name) {
            throw .member(member.name, problem: "is not known here")
        }
    }
}
