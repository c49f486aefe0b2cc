/// Changes one field in the text of a project file and leaves the rest as it stands: comments, order, spelling.
///
/// It knows little of YAML. It tries the ways in which such a line is written and takes the first after which the file says what
/// it said, and the change; where none does the file is not touched.
struct FieldEdit {
    let text: String
    let change: FieldChange

    /// The new text; nil where no way was found.
    func edited() throws(ProjectProblem) -> String? {
        guard let root = try YAMLDocument(text).root else { return nil }
        let wanted = FieldMeaning(root).setting(change.path[...], to: change.value.map(FieldMeaning.init))
        if FieldMeaning(root) == wanted { return text }
        return candidates(root).first { Self.meaning(of: $0) == wanted }
    }

    private static func meaning(of text: String) -> FieldMeaning? {
        do throws(ProjectProblem) { return try YAMLDocument(text).root.map(FieldMeaning.init) } catch { return nil }
    }

    private func candidates(_ root: YAMLValue) -> [String] {
        var (place, depth) = (root, 0)
        while depth < change.path.count {
            guard let field = place.fields?.first(where: { $0.name == change.path[depth] }) else { break }
            if depth == change.path.count - 1 { return changing(field) }
            // A field that says nothing yet gets its first one in its own place.
            if field.value.fields?.isEmpty ?? field.value.isNull {
                return depth == 0 || change.value != nil ? filling(field, from: depth + 1) : []
            }
            (place, depth) = (field.value, depth + 1)
        }
        guard change.value != nil, let fields = place.fields else { return [] }
        return inserting(from: depth, besides: fields)
    }

    /// `a: {b: value}` for what is missing from `depth` on.
    private func line(from depth: Int) -> String {
        let inner = change.value?.yaml ?? ""
        let names = change.path[depth...].map(YAMLText.scalar)
        return names.dropLast().reversed().reduce("\(names.last ?? ""): \(inner)") { "\($1): {\($0)}" }
    }

    /// Below the last of the fields or above it, and so on for the others; within braces after the last, or before the first.
    private func inserting(from depth: Int, besides fields: [YAMLField]) -> [String] {
        let added = line(from: depth)
        let newline = text.contains("\r\n") ? "\r\n" : "\n"
        var candidates: [String] = []
        for field in fields.reversed() {
            guard let name = text.index(of: field.position), let start = text.startOfLine(field.position.line) else { continue }
            let (indent, end) = (text[start..<name], text.endOfLine(at: name))
            guard indent.allSatisfy({ $0 == " " }) else { continue }
            candidates.append(text[..<end] + newline + indent + added + text[end...])
            candidates.append(text[..<start] + indent + added + newline + text[start...])
        }
        if let last = fields.last.flatMap({ text.index(of: $0.position) }) {
            let braces = ends(from: last).filter { $0 < text.endIndex && text[$0] == "}" }
            candidates += braces.map { text[..<$0] + ", " + added + text[$0...] }
        }
        if let first = fields.first.flatMap({ text.index(of: $0.position) }) {
            candidates.append(text[..<first] + added + ", " + text[first...])
        }
        return candidates
    }

    /// `name: {}`, or `name:` with nothing after it.
    private func filling(_ field: YAMLField, from depth: Int) -> [String] {
        let braces = "{\(line(from: depth))}"
        return replacing(field, by: braces)
            + [" \(braces)"].flatMap { added -> [String] in
                guard let name = text.index(of: field.position) else { return [] }
                let end = text.endOfLine(at: name)
                return text[name..<end].indices.filter { text[$0] == ":" }.map { colon in
                    let after = text.index(after: colon)
                    return text[..<after] + added + text[after...]
                }
            }
    }

    private func changing(_ field: YAMLField) -> [String] {
        if let value = change.value { return replacing(field, by: value.yaml) }
        guard let name = text.index(of: field.position) else { return [] }
        var candidates: [String] = []
        if let start = text.startOfLine(field.position.line) {
            let next = text.startOfLine(field.position.line + 1) ?? text.endIndex
            candidates.append(String(text[..<start] + text[next...]))
        }
        // Within braces: with the comma before it, or else with the one behind.
        let before = text[..<name].reversed().firstIndex { !$0.isWhitespace && $0 != "," }.map(\.base) ?? name
        for start in [before, name] {
            let ends = ends(from: name).filter { $0 == text.endIndex || text[$0] != " " }
            candidates += ends.map { String(text[..<start] + text[$0...]) }
        }
        return candidates
    }

    /// A value in every length that it may have.
    private func replacing(_ field: YAMLField, by value: String) -> [String] {
        guard let name = text.index(of: field.position) else { return [] }
        let ends = ends(from: name, toLine: max(field.position.line, Self.lastLine(of: field.value)))
        return ends.filter { text[$0] == ":" }.prefix(2).flatMap { colon in
            ends.filter { $0 > colon }.map { text[...colon] + " " + value + text[$0...] }
        }
    }

    /// Every place from there to the end of the line, or of a later one, that end included.
    private func ends(from start: String.Index, toLine last: Int = 0) -> [String.Index] {
        let end = text.endOfLine(at: max(start, text.startOfLine(last) ?? start))
        return Array(text[start..<end].indices) + [end]
    }

    private static func lastLine(of value: YAMLValue) -> Int {
        switch value.content {
        case .scalar: value.line
        case .list(let values): values.map(lastLine).max() ?? value.line
        case .fields(let fields): fields.map { lastLine(of: $0.value) }.max() ?? value.line
        }
    }
}
