/// A YAML node with its place, and its text as it stands: what a word means is for whoever asks for it.
struct YAMLValue {
    /// What YAML 1.1 takes a scalar for.
    enum ScalarKind { case text, number, boolean, null }

    indirect enum Content {
        case scalar(String, ScalarKind)
        case list([YAMLValue])
        case fields([YAMLField])
    }

    let content: Content
    /// From 1.
    let line: Int

    var fields: [YAMLField]? {
        if case .fields(let fields) = content { fields } else { nil }
    }

    var isNull: Bool {
        if case .scalar(_, .null) = content { true } else { false }
    }
}

/// One `name: value` of a mapping. A name can occur twice: YAML forbids it, and people write it.
struct YAMLField {
    let name: String
    let value: YAMLValue
    /// Where the name stands.
    let position: TextPosition
}
