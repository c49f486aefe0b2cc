import HoldfastModel
import HoldfastStorage

/// Project files as tests write them.
enum ProjectSample {
    static let keyring = "0123456789abcdef0123456789abcdef"
    static let id = "7d0e0000000000000000000000000001"

    /// Reads a text as `/etc/holdfast/holdfast.yaml` would be read, in a world with few zones.
    static func read(_ text: String) throws(ProjectFileError) -> ProjectFile {
        try ProjectFile(
            parsing: text, file: "holdfast.yaml", directory: "/etc/holdfast",
            zone: { ["UTC", "Europe/Berlin"].contains($0) ? Zone(name: $0, initialOffset: 0) : nil })
    }

    /// What is wrong with a text, errors and warnings, as people see it.
    static func problems(_ text: String) -> [String] {
        do {
            return try read(text).warnings.map { $0.text(in: "holdfast.yaml") }
        } catch .invalid(_, let problems) {
            return problems.map { $0.text(in: "holdfast.yaml") }
        } catch {
            return ["\(error)"]
        }
    }

    /// A project whose one cluster has these fields beside its repository; they begin in line 6.
    static func cluster(_ fields: String) -> String {
        """
        project: p
        cmks: [local:k/*]
        clusters:
          shop:
            repository: /srv/shop
        \(fields.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n"))
        """
    }

    /// A project whose one cluster has a policy of these fields; they begin in line 7.
    static func policy(_ fields: String) -> String {
        let indented = fields.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
        return cluster("policy:\n" + indented.joined(separator: "\n"))
    }
}
