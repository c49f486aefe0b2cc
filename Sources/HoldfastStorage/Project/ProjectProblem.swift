/// One thing that is wrong, or doubtful, in a project file.
package struct ProjectProblem: Hashable, Sendable {
    package enum Severity: Hashable, Sendable { case error, warning }

    /// From 1.
    package let line: Int
    /// Where in the tree: `clusters.shop.policy.items[2].keep`; empty for the file as a whole.
    package let path: String
    package let message: String
    package let severity: Severity

    package init(line: Int, path: String, message: String, severity: Severity = .error) {
        self.line = line
        self.path = path
        self.message = message
        self.severity = severity
    }

    /// As people read it: `holdfast.yaml:7: clusters.shop.backup: on or off`.
    package func text(in file: String) -> String {
        let place = path.isEmpty ? "\(file):\(line)" : "\(file):\(line): \(path)"
        return severity == .warning ? "\(place): warning: \(message)" : "\(place): \(message)"
    }
}

/// Collects problems while a file is read, so that all are told at once.
final class ProjectProblems {
    private var found: [ProjectProblem] = []

    func add(_ problem: ProjectProblem) { found.append(problem) }

    var hasErrors: Bool { found.contains { $0.severity == .error } }

    /// Whether something in a field is wrong.
    func hasErrors(below path: String) -> Bool { found.contains { $0.severity == .error && $0.path.hasPrefix("\(path).") } }

    /// By line; within a line as they were found.
    var sorted: [ProjectProblem] {
        found.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}
