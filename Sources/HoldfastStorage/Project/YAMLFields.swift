/// A mapping whose fields are known; any other is told, with the name that may have been meant.
struct YAMLFields {
    let place: YAMLPlace
    private let values: [String: YAMLValue]

    init(_ place: YAMLPlace, known names: [String]) {
        self.place = place
        var values: [String: YAMLValue] = [:]
        for field in place.fields() {
            if names.contains(field.name) {
                values[field.name] = field.value
            } else {
                let guess = Spelling.nearest(to: field.name, in: names).map { " (did you mean \($0)?)" }
                place.report(field, "no such field\(guess ?? "; take it out")")
            }
        }
        self.values = values
    }

    /// Nil where it is left out.
    subscript(_ name: String) -> YAMLPlace? {
        values[name].map { place.below(name, $0) }
    }

    /// Nil, and told, where it is left out.
    func required(_ name: String, _ message: String) -> YAMLPlace? {
        if let field = self[name] { return field }
        report(name, message)
        return nil
    }

    /// Tells a problem with a field, in the line of its value, or of the whole mapping where it is left out.
    func report(_ name: String, _ message: String, _ severity: ProjectProblem.Severity = .error) {
        let line = (values[name] ?? place.value).line
        place.problems.add(ProjectProblem(line: line, path: place.path(to: name), message: message, severity: severity))
    }
}
