import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast policy check`
struct PolicyCheckCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the policies: the project file, and what compliance demands.",
        discussion: """
            Example: holdfast policy check

            Every error of the file is told at once, with its line. A cluster that has promised more than its policy says is an \
            error too; snapshots are kept as promised all the same. Exit 64 on an error.

            JSON: {message_type: "policy_checked", errors [{cluster, field, demand}], notes[]}.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        var errors: [(cluster: String, field: String, demand: String)] = []
        var notes: [String] = []
        for cluster in try project.chosenClusters() {
            let context = try await project.open(cluster)
            let compliance = try await context.repository.readKeyLog().log.compliance
            errors += (compliance?.violations(by: cluster.policy) ?? []).map { (cluster.name, "policy.\($0.field)", $0.demand) }
            if !cluster.isBackupOn { notes.append(try await Self.note(off: cluster, context, session)) }
        }
        if session.options.isJSON {
            try session.output.print([
                "message_type": "policy_checked",
                "errors": .array(
                    errors.map {
                        .object(["cluster": .string($0.cluster), "field": .string($0.field), "demand": .string($0.demand)])
                    }), "notes": .array(notes.map(JSONValue.string)),
            ])
        } else {
            for error in errors { session.output.note("holdfast: clusters.\(error.cluster).\(error.field): \(error.demand)") }
            for note in notes { try session.output.print(note) }
            if errors.isEmpty { try session.output.print("no errors") }
        }
        return errors.isEmpty ? .done : .usage
    }

    /// With backups off the guard ends, and the dates stand: worth knowing before it is too late.
    private static func note(off cluster: Cluster, _ context: ClusterContext, _ session: Session) async throws -> String {
        let views = try await context.read(session).snapshots.filter { $0.log.state == .live && !$0.log.isDamaged }
        let last = views.compactMap(\.log.expires).max().map { "the last good snapshot expires \($0.toTheMinute) UTC" }
        return
            "\(cluster.name): backup is off, so the guard is off: \(views.isEmpty ? "it has no good snapshot" : last ?? "its snapshots have no date")"
    }
}
