import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast compliance …`
struct ComplianceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compliance", abstract: "Promises about retention that editing the project file cannot undo.",
        discussion: "Example: holdfast compliance on --min-keep '30 days'",
        subcommands: [ComplianceOnCommand.self])
}

/// `holdfast compliance on`
struct ComplianceOnCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "on", abstract: "Promise that no snapshot is kept shorter than this; for good.",
        discussion: """
            Example: holdfast compliance on --min-keep '30 days'

            Written into the repository's key log, where it can only grow: from then on expiries only move later, nothing is \
            condemned before its date, grace and keep_min do not go under what the policy now says, the newest keep_min of each \
            source stay with backups off as well and are not forgotten, and there are no count rules. It binds Holdfast's clients, \
            not someone with raw access to the store. There is no way to turn it off: without --yes it only says what it would do.

            JSON: {message_type: "compliance", dry_run, clusters[], min_keep, promises [{cluster, min_keep, grace, keep_min}]}.
            """)

    @Option(help: "How long every snapshot is kept at least, as '30 days'.", transform: Period.argument)
    var minKeep: Period

    @Flag(help: "Do it: it cannot be undone.")
    var yes = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        var promised: [(cluster: String, promise: Compliance)] = []
        for cluster in try project.chosenClusters() {
            let context = try await project.open(cluster)
            let promise = Compliance(minKeep: minKeep, grace: cluster.policy.grace, keepMin: cluster.policy.keepMin)
            if let violation = promise.violations(by: cluster.policy).first {
                throw Failure(
                    .usage, violation.demand, "clusters.\(cluster.name).policy.\(violation.field)",
                    "\(violation.cure), then promise it")
            }
            if yes {
                try await PromiseCompliance(context.repository, witness: context.witness).run(
                    promise, at: context.now, by: context.hostName)
                try await context.observe()
            }
            promised.append((cluster.name, promise))
            if !session.options.isJSON {
                let would = yes ? "promised" : "would be promised"
                try session.output.print(
                    "\(cluster.name): \(would): nothing kept under \(minKeep), the trash \(promise.grace), the newest "
                        + "\(promise.keepMin)")
            }
        }
        if session.options.isJSON {
            try session.output.print([
                "message_type": "compliance", "dry_run": .bool(!yes), "clusters": .array(promised.map { .string($0.cluster) }),
                "min_keep": .text(minKeep),
                "promises": .array(
                    promised.map { cluster, promise in
                        .object([
                            "cluster": .string(cluster), "min_keep": .text(promise.minKeep), "grace": .text(promise.grace),
                            "keep_min": .integer(Int64(promise.keepMin)),
                        ])
                    }),
            ])
        } else {
            try session.output.print("It binds Holdfast's clients, not someone with raw access to the store.")
            if !yes { try session.output.print("Nothing was written. It cannot be undone: say --yes if that is meant.") }
        }
        return .done
    }
}
