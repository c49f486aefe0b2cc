/// One of AWS's shared files: sections with names, and in them keys with values. What is indented below a key belongs to that key and
/// is read over: no key of ours has any.
struct ProfileFile: Hashable, Sendable {
    private(set) var sections: [String: [String: String]] = [:]

    /// Reads `[name]`, `key = value`, and comments after `#` or `;`. Throws the number of the first line that is none of these.
    init(_ text: String) throws(BadLine) {
        var section: String?
        // A line ends with a line feed: a carriage return before it is one character with it in Swift, and so is asked for too.
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = line.trimmed
            guard let first = content.first, first != "#", first != ";" else { continue }
            if first == "[" {
                guard let end = content.firstIndex(of: "]") else { throw BadLine(number: index + 1) }
                let name = content[content.index(after: content.startIndex)..<end].trimmed
                section = name
                sections[name] = sections[name] ?? [:]
            } else if line.first?.isWhitespace == true {
                continue
            } else {
                let pair = content.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let section, pair.count == 2 else { throw BadLine(number: index + 1) }
                sections[section]?[pair[0].trimmed.lowercased()] = Self.value(pair[1])
            }
        }
    }

    struct BadLine: Error, Hashable {
        let number: Int
    }

    /// Without a comment, which begins after a blank.
    private static func value(_ text: Substring) -> String {
        for mark in [" #", " ;", "\t#", "\t;"] {
            if let end = text.firstRange(of: mark) { return value(text[..<end.lowerBound]) }
        }
        return text.trimmed
    }
}
