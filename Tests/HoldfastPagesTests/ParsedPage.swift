import Foundation
import FoundationXML

/// A page, parsed as strictly as can be: what a browser would forgive is an error here.
final class ParsedPage: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
        let depth: Int
    }

    private(set) var elements: [Element] = []
    /// The text of everything but the style sheet.
    private(set) var text = ""
    private(set) var style = ""
    private var open: [String] = []
    let problem: String?

    init(_ html: String) {
        let parser = XMLParser(data: Data(html.utf8))
        let reader = Reader()
        parser.delegate = reader
        let isWellFormed = parser.parse()
        problem = isWellFormed ? nil : "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "?")"
        (elements, text, style) = (reader.elements, reader.text, reader.style)
    }

    /// The element names in order: what text comes from outside cannot change.
    var structure: [String] { elements.map { "\($0.depth) \($0.name)" } }

    var ids: [String] { elements.compactMap { $0.attributes["id"] } }

    /// Every id that something on the page refers to.
    var references: Set<String> {
        var references: Set<String> = []
        for element in elements {
            for name in ["aria-labelledby", "aria-describedby"] {
                references.formUnion((element.attributes[name] ?? "").split(separator: " ").map(String.init))
            }
            if let target = element.attributes["href"] { references.insert(String(target.dropFirst())) }
        }
        return references.union(style.matches(of: /url\(#([a-z-]+)\)/).map { String($0.output.1) })
    }

    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [Element] = []
        var text = ""
        var style = ""
        private var open: [String] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            elements.append(Element(name: name, attributes: attributes, depth: open.count))
            open.append(name)
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            open.removeLast()
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            if open.last == "style" { style += string } else { text += string }
        }
    }
}
