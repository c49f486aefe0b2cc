import Yams

/// Errors of the YAML itself, which end the reading: what follows cannot be trusted.
extension ProjectProblem: Error {
    init(_ error: any Error, in text: String) {
        guard let error = error as? YamlError else {
            self.init(line: 1, path: "", message: "\(error)")
            return
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = TextPosition(line: mark.line, column: mark.column)
            self.init(line: mark.line, path: "", message: Self.syntax(problem, context, at: place, in: text))
        case .reader(let problem, let offset, _, let yaml):
            let line = 1 + yaml.prefix(offset ?? 0).count { $0.isNewline }
            self.init(line: line, path: "", message: "not YAML: \(problem)")
        default:
            self.init(line: 1, path: "", message: "not YAML: \(error)")
        }
    }

    private static func syntax(
        _ problem: String, _ context: YamlError.Context?, at position: TextPosition, in text: String
    ) -> String {
        if let index = text.index(of: position), index < text.endIndex, text[index] == "\t" {
            return "not YAML: a tab; indent with spaces"
        }
        guard let context else { return "not YAML: \(problem)" }
        return "not YAML: \(context.text) in line \(context.mark.line), \(problem)"
    }
}
