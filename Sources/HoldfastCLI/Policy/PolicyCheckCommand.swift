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
            error too; snapshots are kept as promised all the same. Exit 64 on an error. A cluster that cannot be read is told \
            below the others, with its exit code.

            JSON: {message_type: "policy_checked", errors [{cluster, field, demand, cure}], notes[]}; then an exit_error in a \
            line of its own for each cluster that cannot be read.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let found = try await project.askEach { context in
            let compliance = try await context.repository.readKeyLog().log.compliance
            let note = context.cluster.isBackupOn ? nil : try await Self.note(off: context.cluster, context, session)
            return (violations: compliance?.violations(by: context.cluster.policy) ?? [], note: note)
        }
        let errors = found.answers.flatMap { cluster, answer in
            answer.violations.map { (cluster: cluster.name, field: "policy.\($0.field)", demand: $0.demand, cure: $0.cure) }
        }
        let notes =
            found.answers.compactMap(\.answer.note)
            + project.project.clusters.compactMap { Self.unlocked($0, project.project) }
        if session.options.isJSON {
            try session.output.print([
                "message_type": "policy_checked",
                "errors": .array(
                    errors.map {
                        .object([
                            "cluster": .string($0.cluster), "field": .string($0.field), "demand": .string($0.demand),
                            "cure": .string($0.cure),
                        ])
                    }), "notes": .array(notes.map(JSONValue.string)),
            ])
        } else {
            for error in errors {
                session.output.note("holdfast: clusters.\(error.cluster).\(error.field): \(error.demand); \(error.cure)")
            }
            for note in notes { try session.output.print(note) }
            if errors.isEmpty {
                try session.output.print(found.failures.isEmpty ? "no errors" : "no errors in what could be read")
            }
        }
        let told = found.tellFailures(in: session)
        return errors.isEmpty ? told : .usage
    }

    /// A lock has a date from the first day on, which a rule that counts does not give.
    private static func unlocked(_ cluster: Cluster, _ project: Project) -> String? {
        guard project.s3.lock != nil, cluster.repository.isS3, cluster.policy.keepRules != nil else { return nil }
        return "\(cluster.name): keep_rules give no date, so its snapshots are not locked"
    }

    /// With backups off the guard ends, but for what is promised, and the dates stand: worth knowing before it is too late.
    private static func note(off cluster: Cluster, _ context: ClusterContext, _ session: Session) async throws -> String {
        let reading = try await context.read(session)
        let views = reading.snapshots.filter { $0.log.state == .live && !$0.log.isDamaged }
        let last = views.compactMap { $0.log.expires(under: reading.terms.compliance) }.max().map {
            "the last good snapshot expires \($0.toTheMinute) UTC"
        }
        let kept = reading.terms.compliance.map { "the guard keeps what compliance promises, the newest \($0.keepMin)" }
        return
            "\(cluster.name): backup is off, so \(kept ?? "the guard is off"): \(views.isEmpty ? "it has no good snapshot" : last ?? "its snapshots have no date")"
    }
}
