import Yams

/// Scalars as they are written into a project file.
enum YAMLText {
    /// Plain where that reads back as this very text in any context, else in double quotes.
    static func scalar(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map { isAlphanumeric($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") } == true
            && text.utf8.allSatisfy { isAlphanumeric($0) || "/._-:@%+=*".utf8.contains($0) } && !text.hasSuffix(":")
            && Yams.Node(text).tag == Tag(.str)
        return isPlain ? text : quoted(text)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isLetter && byte < 128 || (48...57).contains(byte)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"", "\\": return "\\\(scalar)"
        case _ where isShown(scalar): return String(scalar)
        default:
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: false
        default: true
        }
    }
}
