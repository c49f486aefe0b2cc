/// One field of a project file, and what it is to say.
package struct FieldChange: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        case text(String)
        case list([String])
    }

    /// The names that lead to the field, its own the last.
    package let path: [String]
    /// Nil takes the field out.
    package let value: Value?

    package init(_ path: [String], _ value: Value?) {
        precondition(!path.isEmpty, "a field has a name")
        self.path = path
        self.value = value
    }

    package init(_ path: [String], text: String?) { self.init(path, text.map { .text($0) }) }
}

extension FieldChange.Value {
    /// As it stands in a file, on one line.
    var yaml: String {
        switch self {
        case .text(let text): YAMLText.scalar(text)
        case .list(let texts): "[\(texts.map(YAMLText.scalar).joined(separator: ", "))]"
        }
    }
}
