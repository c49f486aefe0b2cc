/// What a part of a YAML file says, wherever in it that stands: two texts that mean the same have equal meanings.
indirect enum FieldMeaning: Hashable {
    case scalar(String, isText: Bool)
    case list([FieldMeaning])
    case fields([String: FieldMeaning])

    init(_ value: YAMLValue) {
        switch value.content {
        // Nothing at all, and fields of which there are none, are the same to whoever reads a project file.
        case .scalar(_, .null): self = .fields([:])
        case .scalar(let text, let kind): self = .scalar(text, isText: kind == .text)
        case .list(let values): self = .list(values.map(Self.init))
        case .fields(let fields):
            self = .fields(Dictionary(fields.map { ($0.name, Self($0.value)) }) { first, _ in first })
        }
    }

    init(_ value: FieldChange.Value) {
        switch value {
        case .text(let text): self = .scalar(text, isText: true)
        case .list(let texts): self = .list(texts.map { .scalar($0, isText: true) })
        }
    }

    /// The same with one field set or taken out; fields on the way there that are missing are made.
    func setting(_ path: ArraySlice<String>, to value: FieldMeaning?) -> FieldMeaning {
        guard let name = path.first else { return value ?? self }
        var fields: [String: FieldMeaning] = if case .fields(let fields) = self { fields } else { [:] }
        let isLast = path.count == 1
        if value == nil, fields[name] == nil { return self }
        fields[name] = isLast ? value : (fields[name] ?? .fields([:])).setting(path.dropFirst(), to: value)
        return .fields(fields)
    }
}
