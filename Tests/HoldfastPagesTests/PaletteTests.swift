import Foundation
import Holdfast
import HoldfastPages
import Testing

/// The contrast of the colours, as WCAG 2.2 reckons it: 4.5 for text (1.4.3), 3 for what is drawn (1.4.11).
@Suite("The colours of a page")
struct PaletteTests {
    private static let style = ParsedPage(KeysPage(.demo, version: "test").html).style

    /// The colours of each scheme, by name; print is a scheme of its own.
    private static let schemes: [(name: String, colours: [String: String])] = {
        let blocks = style.matches(of: /:root \{([^}]*)\}/).map { String($0.output.1) }
        let all = blocks.map { block in
            Dictionary(block.matches(of: /--([a-z-]+): (#[0-9a-f]{6})/).map { (String($0.output.1), String($0.output.2)) }) { $1 }
        }
        return Array(zip(["light", "dark", "print"], all)).map { (name: $0, colours: $1) }
    }()

    private static let text = [
        ("ink", "paper"), ("soft", "paper"), ("link", "paper"), ("now", "paper"), ("go", "paper"), ("warn", "paper"),
        ("ink", "panel"),
        ("soft", "panel"), ("go", "go-ground"), ("warn", "warn-ground"), ("ink", "warn-ground"), ("soft", "warn-ground"),
        ("link", "warn-ground"), ("bad", "bad-ground"), ("ink", "bad-ground"), ("soft", "bad-ground"), ("link", "bad-ground"),
        ("paper", "ink"), ("bad", "paper"),
    ]
    private static let drawn = [
        ("active", "ground"), ("need", "ground"), ("warn", "ground"), ("bad", "ground"), ("soft", "ground"), ("ink", "ground"),
        ("now", "ground"),
    ]

    @Test("there are three schemes with the same names")
    func schemes() {
        #expect(Self.schemes.map(\.name) == ["light", "dark", "print"])
        #expect(Self.schemes.allSatisfy { Set($0.colours.keys) == Set(Self.schemes[0].colours.keys) && $0.colours.count > 10 })
        #expect(Self.style.contains("prefers-color-scheme: dark"))
    }

    @Test("text can be read on all that it stands on", arguments: 0..<3)
    func text(scheme: Int) throws {
        for (front, back) in Self.text { #expect(try Self.contrast(front, back, scheme) >= 4.5, "\(front) on \(back)") }
    }

    @Test("what is drawn can be seen, and the two parts of a bar told apart", arguments: 0..<3)
    func drawings(scheme: Int) throws {
        for (front, back) in Self.drawn { #expect(try Self.contrast(front, back, scheme) >= 3, "\(front) on \(back)") }
        #expect(try Self.contrast("active", "need", scheme) >= 2)
    }

    private static func contrast(_ a: String, _ b: String, _ scheme: Int) throws -> Double {
        let colours = schemes[scheme].colours
        let (x, y) = (luminance(try #require(colours[a])), luminance(try #require(colours[b])))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    private static func luminance(_ colour: String) -> Double {
        let value = Int(colour.dropFirst(), radix: 16) ?? 0
        let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
            let share = Double(part) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}
