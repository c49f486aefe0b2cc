import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast forget`
struct ForgetCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Condemn snapshots by hand; they stay in the trash for the policy's grace time.",
        discussion: """
            Example: holdfast forget 5a81c0de

            What is kept, and for how long, is said by policy: in the project file, and not by --keep-* here.

            JSON: {message_type: "forgotten", dry_run, condemned[], already_condemned[], unguarded[], purge_after}.
            """)

    // All words, so that what others know as --keep-* gets an answer of its own.
    @Argument(parsing: .allUnrecognized, help: "Snapshots: ids, prefixes of them, or latest.")
    var snapshots: [String] = []

    @Flag(
        help: """
            Also where much of a group would go before its date, where a record that may be a hold cannot be read, or what tells \
            that the key log has lost its end.
            """)
    var yes = false

    @Flag(name: [.customShort("n"), .long], help: "Say what would be done; change nothing.")
    var dryRun = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if let option = snapshots.first(where: { $0.hasPrefix("--keep") }) {
            throw ValidationError("\(option) is no option here: write it as policy: of the cluster, and run holdfast prune")
        }
        if let option = snapshots.first(where: { $0.hasPrefix("-") }) { throw ValidationError("Unknown option '\(option)'") }
        if snapshots.isEmpty { throw ValidationError("Missing expected argument '<snapshots> ...'") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open()
        let views = try await context.repository.readSnapshots()
        let chosen = try snapshots.map { try SelectSnapshot().select($0, among: views) }
        try await context.appending(isDryRun: dryRun, in: session) {
            let result = try await Forget(repository: context.repository, witness: context.witness).run(
                chosen.map(\.id), policy: context.cluster.policy, backupsAreOn: context.cluster.isBackupOn, isConfirmed: yes,
                isDryRun: dryRun, at: context.now, by: context.hostName)
            for id in result.unguarded {
                let word = dryRun ? "is" : "was"
                session.note("holdfast: \(id.short) \(word) the newest of its source: take a new snapshot")
            }
            try show(result, session)
        }
        return .done
    }

    private func show(_ result: Forget.Result, _ session: Session) throws {
        if session.options.isJSON {
            return try session.output.print([
                "message_type": "forgotten", "dry_run": .bool(dryRun),
                "condemned": .array(result.condemned.map { .text($0) }),
                "already_condemned": .array(result.alreadyCondemned.map { .text($0) }),
                "unguarded": .array(result.unguarded.map { .text($0) }),
                "purge_after": .text(result.purgeAfter.values.max()),
            ])
        }
        let word = dryRun ? "would be in the trash" : "in the trash"
        for id in result.condemned {
            let until = result.purgeAfter[id].map { " until \($0.toTheMinute) UTC" } ?? ""
            try session.output.print("\(id.short)  \(word)\(until)")
        }
        for id in result.alreadyCondemned { try session.output.print("\(id.short)  in the trash already") }
    }
}
