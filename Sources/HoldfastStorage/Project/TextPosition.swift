/// A place in a text as libYAML counts it: lines and Unicode scalars, both from 1.
struct TextPosition: Hashable {
    let line: Int
    let column: Int
}

extension String {
    /// The index of a position; nil past the end.
    func index(of position: TextPosition) -> String.Index? {
        guard let start = startOfLine(position.line) else { return nil }
        return unicodeScalars.index(start, offsetBy: position.column - 1, limitedBy: endIndex)
    }

    func startOfLine(_ number: Int) -> String.Index? {
        var (line, index) = (1, startIndex)
        while line < number {
            guard let lineBreak = unicodeScalars[index...].firstIndex(where: \.endsLine) else { return nil }
            index = unicodeScalars.index(after: lineBreak)
            if unicodeScalars[lineBreak] == "\r", index < endIndex, unicodeScalars[index] == "\n" {
                index = unicodeScalars.index(after: index)
            }
            line += 1
        }
        return index
    }

    /// Where the line that `index` is in ends, before its line break.
    func endOfLine(at index: String.Index) -> String.Index {
        unicodeScalars[index...].firstIndex(where: \.endsLine) ?? endIndex
    }
}

extension Unicode.Scalar {
    fileprivate var endsLine: Bool { ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(self) }
}
