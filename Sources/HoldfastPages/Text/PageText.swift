import HoldfastModel
import Mustache

/// How text becomes part of a page: every `{{…}}` of every template goes through here.
///
/// Names, labels and URIs come from the store, so whoever can write to it chooses them. The template library escapes `Character` by
/// `Character`, and lets through a `<` that shares one with a combining or prepended mark; here every scalar counts. What would steer
/// the reader's eye instead of being seen, controls, bidirectional overrides, invisible marks, is shown by its number.
struct PageText: MustacheContentType {
    static let name = "HOLDFAST"

    func escapeText(_ text: String) -> String {
        guard text.utf8.contains(where: { !Self.isPlain($0) }) else { return text }
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars { Self.append(scalar, to: &escaped) }
        return escaped
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7f).contains(byte) && !#"<>&"'"#.utf8.contains(byte)
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case "<": text += "&lt;"
        case ">": text += "&gt;"
        case "&": text += "&amp;"
        case "\"": text += "&quot;"
        case "'": text += "&#39;"
        case _ where scalar.isInvisible:
            let number = String(scalar.value, radix: 16, uppercase: true)
            text += "⟨U+\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)⟩"
        default: text.unicodeScalars.append(scalar)
        }
    }
}
