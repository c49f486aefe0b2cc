/// The name of a legal hold: 1 to 64 bytes of UTF-8, printable and without line breaks, so that a record holds it and a line
/// shows it.
package struct HoldName: Hashable, Sendable {
    package let text: String

    package init?(_ text: String) {
        guard (1...64).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({
                $0.properties.generalCategory != .control && $0.properties.generalCategory != .lineSeparator
            }),
            text.first?.isWhitespace == false, text.last?.isWhitespace == false
        else { return nil }
        self.text = text
    }
}
