import HoldfastModel

extension ObjectName {
    var file: FileName { FileName(text) }

    /// The directories that lead to it from the root, from the top down, as paths relative to the root.
    var directories: [String] {
        let components = text.split(separator: "/").dropLast()
        return components.indices.map { components[...$0].joined(separator: "/") }
    }

    /// Whether it belongs to a log, where what stands and what does not decides for others.
    var isRecord: Bool {
        switch parsed {
        case .keyRecord, .record, .purge, .repository: true
        case .pack, .checkpoint, .probe, nil: false
        }
    }
}
