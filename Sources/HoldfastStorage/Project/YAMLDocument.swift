import Yams

/// The only place that knows Yams: text in, a tree with places out.
struct YAMLDocument {
    /// Nil where the file says nothing at all.
    let root: YAMLValue?

    init(_ text: String) throws(ProjectProblem) {
        let node: Yams.Node? = try Self.compose(Self.withoutByteOrderMark(text))
        var budget = Self.maximumValueCount
        root = try node.map { node throws(ProjectProblem) in try Self.value(node, budget: &budget) }
    }

    private static func withoutByteOrderMark(_ text: String) -> String {
        text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// Aliases of aliases unfold a short file into an endless one.
    private static let maximumValueCount = 100_000
    /// So many repeated fields are told at once.
    private static let maximumRepeatCount = 100

    /// Yams stops at the first mapping with a field that stands twice. Here the first of the two is marked and the text read
    /// again, so that this problem and all others come at once.
    private static func compose(_ text: String) throws(ProjectProblem) -> Yams.Node? {
        var text = text
        for count in 0..<maximumRepeatCount {
            do {
                return try Yams.compose(yaml: text)
            } catch let YamlError.duplicatedKeysInMapping(names, context) {
                let place = TextPosition(line: context.mark.line, column: context.mark.column)
                guard let marked = RepeatMark.mark(text, at: place, number: count) else {
                    throw ProjectProblem(line: place.line, path: names.first ?? "", message: "stands twice")
                }
                text = marked
            } catch {
                throw ProjectProblem(error, in: text)
            }
        }
        throw ProjectProblem(line: 1, path: "", message: "over \(maximumRepeatCount) fields stand twice")
    }

    private static func value(_ node: Yams.Node, budget: inout Int) throws(ProjectProblem) -> YAMLValue {
        budget -= 1
        let line = node.mark?.line ?? 1
        guard budget > 0 else { throw ProjectProblem(line: line, path: "", message: "its aliases unfold without end") }
        switch node {
        case .scalar(let scalar):
            return YAMLValue(content: .scalar(scalar.string, kind(of: node)), line: line)
        case .sequence(let sequence):
            var values: [YAMLValue] = []
            for element in sequence { values.append(try value(element, budget: &budget)) }
            return YAMLValue(content: .list(values), line: line)
        case .mapping(let mapping):
            return YAMLValue(content: .fields(try fields(mapping, budget: &budget)), line: line)
        case .alias:
            throw ProjectProblem(line: line, path: "", message: "an alias for nothing")
        }
    }

    private static func fields(
        _ mapping: Yams.Node.Mapping, budget: inout Int
    ) throws(ProjectProblem) -> [YAMLField] {
        var fields: [YAMLField] = []
        for (key, content) in mapping {
            let name = key.scalar.map { RepeatMark.unmarked($0.string) } ?? "?"
            let position = TextPosition(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
            fields.append(YAMLField(name: name, value: try value(content, budget: &budget), position: position))
        }
        return fields
    }

    private static func kind(of node: Yams.Node) -> YAMLValue.ScalarKind {
        switch Tag.Name(rawValue: node.tag.rawValue) {
        case .int, .float: .number
        case .bool: .boolean
        case .null: .null
        default: .text
        }
    }
}

/// Makes a repeated field's name unique, in private-use characters that no field's name has.
private enum RepeatMark {
    private static let (start, end): (Unicode.Scalar, Unicode.Scalar) = ("\u{F8D0}", "\u{F8D1}")

    /// Nil where no plain or quoted name stands there.
    static func mark(_ text: String, at position: TextPosition, number: Int) -> String? {
        guard var index = text.index(of: position), index < text.endIndex else { return nil }
        let first = text.unicodeScalars[index]
        guard !["&", "*", "!", "[", "{", "?", "|", ">"].contains(first) else { return nil }
        if first == "\"" || first == "'" { index = text.unicodeScalars.index(after: index) }
        return text[..<index] + "\(start)\(number)\(end)" + text[index...]
    }

    static func unmarked(_ name: String) -> String {
        guard name.unicodeScalars.first == start, let close = name.unicodeScalars.firstIndex(of: end) else { return name }
        return String(name.unicodeScalars[close...].dropFirst())
    }
}
