import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast policy apply`
struct PolicyApplyCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Stamp the expiries that the policy now gives on existing snapshots.",
        discussion: """
            Example: holdfast policy apply --existing --dry-run

            A changed policy moves nothing by itself: what was stamped when a snapshot was taken stands. --existing stamps anew \
            what was scheduled and not set by hand, with the longest retention of those of its items that the policy still has. \
            Under compliance an expiry only moves later.

            JSON: {message_type: "policy_applied", dry_run, changes [{id, former, expires}]}.
            """)

    @Flag(help: "Apply it to the snapshots that exist.")
    var existing = false

    @Flag(name: [.customShort("n"), .long], help: "Say what would be done; change nothing.")
    var dryRun = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard existing else {
            throw ValidationError("new snapshots obey the policy without being told; for those that exist say --existing")
        }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open()
        let apply = ApplyPolicy(repository: context.repository, witness: context.witness)
        var changes: [ApplyPolicy.Change] = []
        if dryRun {
            changes = try await apply.plan(context.cluster.policy)
            for change in changes { try show(change, session) }
        } else {
            try await context.appending(isDryRun: false, in: session) {
                try await apply.run(context.cluster.policy, at: context.now, by: context.hostName) { change in
                    changes.append(change)
                    try show(change, session)
                }
            }
        }
        if session.options.isJSON {
            try session.output.print([
                "message_type": "policy_applied", "dry_run": .bool(dryRun),
                "changes": .array(
                    changes.map {
                        .object(["id": .text($0.snapshot), "former": .text($0.former), "expires": .text($0.expires)])
                    }),
            ])
        } else if changes.isEmpty {
            try session.output.print("nothing changes")
        }
        return .done
    }

    private func show(_ change: ApplyPolicy.Change, _ session: Session) throws {
        guard !session.options.isJSON else { return }
        let former = change.former.map(\.toTheMinute) ?? "never"
        try session.output.print(
            "\(change.snapshot.short)  \(change.time.toTheMinute)  \(change.label)  \(dryRun ? "would expire" : "expires") "
                + "\(change.expires.toTheMinute) UTC, not \(former)")
    }
}
