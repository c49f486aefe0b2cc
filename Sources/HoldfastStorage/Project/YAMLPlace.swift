/// A value with the path that leads to it, and with where its problems are told.
struct YAMLPlace {
    let value: YAMLValue
    let path: String
    let problems: ProjectProblems

    func report(_ message: String, _ severity: ProjectProblem.Severity = .error) {
        problems.add(ProjectProblem(line: value.line, path: path, message: message, severity: severity))
    }

    /// What stands below it under that name.
    func below(_ name: String, _ value: YAMLValue) -> YAMLPlace {
        YAMLPlace(value: value, path: path(to: name), problems: problems)
    }

    /// Names that would break the line, or blur the path, are shown quoted.
    func path(to name: String) -> String {
        let isPlain =
            !name.isEmpty
            && name.unicodeScalars.allSatisfy { $0.isASCII ? $0.value > 32 && $0 != "." : $0.properties.isAlphabetic }
        let shown = isPlain ? name : name.debugDescription
        return path.isEmpty ? shown : "\(path).\(shown)"
    }

    /// The elements; nil, and told, where it is no list.
    func list(_ example: String = "[a, b]") -> [YAMLPlace]? {
        guard case .list(let values) = value.content else {
            report("must be a list, such as \(example)")
            return nil
        }
        return values.enumerated().map { YAMLPlace(value: $1, path: "\(path)[\($0)]", problems: problems) }
    }

    /// What stands below it, without repeated names, which are told; empty where nothing is said.
    func fields() -> [YAMLField] {
        if value.isNull { return [] }
        guard let fields = value.fields else {
            report("must have fields, such as {name: value}")
            return []
        }
        var lines: [String: Int] = [:]
        return fields.filter { field in
            guard let first = lines[field.name] else {
                lines[field.name] = field.position.line
                return true
            }
            report(field, "stands twice (first in line \(first)); take one of them out")
            return false
        }
    }

    /// Tells a problem with a name, not with what it stands for.
    func report(_ field: YAMLField, _ message: String) {
        problems.add(ProjectProblem(line: field.position.line, path: path(to: field.name), message: message))
    }
}
