import HoldfastModel

extension ProjectReader {
    private static let sourceFields = ["paths", "command", "filename", "kind", "exclude", "exclude_caches", "one_file_system"]

    func source(_ name: String, _ place: YAMLPlace) -> Source? {
        let fields = YAMLFields(place, known: Self.sourceFields)
        let origin = origin(fields)
        let source = Source(
            name: name, origin: origin ?? .paths([]), kind: fields["kind"]?.choice() ?? .files,
            exclude: fields["exclude"]?.texts() ?? [], excludeCaches: fields["exclude_caches"]?.flag(),
            oneFileSystem: fields["one_file_system"]?.flag())
        return origin == nil ? nil : source
    }

    private func origin(_ fields: YAMLFields) -> Source.Origin? {
        switch (fields["paths"], fields["command"]) {
        case (nil, nil):
            fields.place.report("what is to be backed up? give paths, or a command")
            return nil
        case (_?, let command?):
            command.report("paths or a command, not both")
            return nil
        case (let paths?, nil):
            fields["filename"]?.report("only a command's output needs a name")
            return words(paths).map { .paths($0.map(path)) }
        case (nil, let command?):
            let filename = fields.required("filename", "is missing: what is the command's output to be called?")
                .flatMap(streamName)
            guard let words = words(command), let filename else { return nil }
            return .command(words, filename: filename)
        }
    }

    private func streamName(_ place: YAMLPlace) -> StreamName? {
        guard let text = place.text() else { return nil }
        let name = StreamName(text)
        if name == nil { place.report(StreamName.rule) }
        return name
    }

    /// At least one; nil, and told, where there is none.
    private func words(_ place: YAMLPlace) -> [String]? {
        guard let places = place.list() else { return nil }
        if places.isEmpty { place.report("is empty; name at least one") }
        let words = places.compactMap { $0.text() }
        return words.isEmpty ? nil : words
    }
}
