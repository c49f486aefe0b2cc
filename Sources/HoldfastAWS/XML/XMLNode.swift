/// An element of the XML that S3 and STS answer with: a name, and text or other elements in it. Attributes are read over.
package struct XMLNode: Hashable, Sendable {
    package let name: String
    /// All text directly in it, entities replaced; empty where there are only elements.
    package internal(set) var text = ""
    package internal(set) var children: [XMLNode] = []

    package init(name: String) { self.name = name }

    /// Reads one document. Refuses what no AWS service sends and what parsers have been tricked with: a document type, processing
    /// instructions after the first line, unknown entities, depth without end.
    package static func parse(_ bytes: [UInt8]) throws(XMLError) -> XMLNode {
        var parser = XMLParser(bytes)
        return try parser.parseDocument()
    }

    /// The first child of this name.
    package subscript(name: String) -> XMLNode? { children.first { $0.name == name } }

    /// All children of this name, in their order.
    package func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    /// The text at the end of a path of names; nil where an element is missing.
    package func text(_ path: String...) -> String? {
        path.reduce(Optional(self)) { node, name in node?[name] }?.text
    }
}

/// Why bytes are not the XML that was expected.
package struct XMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let problem: String
    /// The byte at which it was noticed.
    package let offset: Int

    package var description: String { "\(problem) at byte \(offset)" }
}
