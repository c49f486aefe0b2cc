/// Reads the part of XML 1.0 in UTF-8 that services answer with.
struct XMLParser {
    static let maximumDepth = 32

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func parseDocument() throws(XMLError) -> XMLNode {
        if starts(with: "\u{feff}") { position += 3 }
        skipWhiteSpace()
        if starts(with: "<?xml") { try skip(past: "?>") }
        try skipBlanks()
        let root = try parseElement(depth: 1)
        try skipBlanks()
        guard position == bytes.count else { throw fault("something follows the document") }
        return root
    }

    private mutating func parseElement(depth: Int) throws(XMLError) -> XMLNode {
        guard depth <= Self.maximumDepth else { throw fault("elements are nested deeper than \(Self.maximumDepth)") }
        try expect("<")
        var node = XMLNode(name: try parseName())
        if try skipAttributes() { return node }
        var text: [UInt8] = []
        while true {
            guard position < bytes.count else { throw fault("the element '\(node.name)' does not end") }
            guard bytes[position] == UInt8(ascii: "<") || bytes[position] == UInt8(ascii: "&") else {
                let end = bytes[position...].firstIndex { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") } ?? bytes.count
                text += bytes[position..<end]
                position = end
                continue
            }
            if starts(with: "</") {
                position += 2
                guard try parseName() == node.name else { throw fault("another element ends than '\(node.name)'") }
                skipWhiteSpace()
                try expect(">")
                node.text = try string(text)
                return node
            } else if starts(with: "<!--") {
                try skip(past: "-->")
            } else if starts(with: "<![CDATA[") {
                let start = position + 9
                try skip(past: "]]>")
                text += bytes[start..<(position - 3)]
            } else if bytes[position] == UInt8(ascii: "<") {
                node.children.append(try parseElement(depth: depth + 1))
            } else {
                text += String(Character(try parseEntity())).utf8
            }
        }
    }

    /// The name without its namespace's prefix.
    private mutating func parseName() throws(XMLError) -> String {
        let name = bytes[position...].prefix { byte in
            switch byte {
            case UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "?"):
                false
            default: !Self.isWhiteSpace(byte)
            }
        }
        guard !name.isEmpty else { throw fault("an element has no name") }
        position += name.count
        let text = try string(Array(name))
        return String(text.split(separator: ":").last ?? "")
    }

    /// Reads over attributes and the end of the tag. True where the element is empty and ended with it.
    private mutating func skipAttributes() throws(XMLError) -> Bool {
        while true {
            skipWhiteSpace()
            if starts(with: "/>") {
                position += 2
                return true
            }
            if starts(with: ">") {
                position += 1
                return false
            }
            _ = try parseName()
            skipWhiteSpace()
            try expect("=")
            skipWhiteSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'") else {
                throw fault("an attribute has no value")
            }
            let quote = String(Unicode.Scalar(bytes[position]))
            position += 1
            try skip(past: quote)
        }
    }

    private mutating func parseEntity() throws(XMLError) -> Unicode.Scalar {
        let name = bytes[(position + 1)...].prefix(10).prefix { $0 != UInt8(ascii: ";") }
        let text = String(decoding: name, as: UTF8.self)
        let scalar: Unicode.Scalar? =
            switch text {
            case "lt": "<"
            case "gt": ">"
            case "amp": "&"
            case "quot": "\""
            case "apos": "'"
            case _ where text.hasPrefix("#x"): UInt32(text.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
            case _ where text.hasPrefix("#"): UInt32(text.dropFirst()).flatMap(Unicode.Scalar.init)
            default: nil
            }
        guard let scalar, position + 1 + name.count < bytes.count else { throw fault("an unknown entity") }
        position += name.count + 2
        return scalar
    }

    private mutating func skipBlanks() throws(XMLError) {
        skipWhiteSpace()
        while starts(with: "<!--") {
            try skip(past: "-->")
            skipWhiteSpace()
        }
    }

    private mutating func skip(past end: String) throws(XMLError) {
        while position < bytes.count {
            if starts(with: end) {
                position += end.utf8.count
                return
            }
            position += 1
        }
        throw fault("'\(end)' is missing")
    }

    private mutating func expect(_ text: String) throws(XMLError) {
        guard starts(with: text) else { throw fault("'\(text)' is missing") }
        position += text.utf8.count
    }

    private func starts(with text: String) -> Bool {
        guard bytes.count - position >= text.utf8.count else { return false }
        return text.utf8.enumerated().allSatisfy { bytes[position + $0.offset] == $0.element }
    }

    private mutating func skipWhiteSpace() {
        while position < bytes.count, Self.isWhiteSpace(bytes[position]) { position += 1 }
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

    private func string(_ bytes: [UInt8]) throws(XMLError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw fault("this is not UTF-8") }
        return text
    }

    private func fault(_ problem: String) -> XMLError { XMLError(problem: problem, offset: position) }
}
