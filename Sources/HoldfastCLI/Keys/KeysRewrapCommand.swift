import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast keys rewrap`
struct KeysRewrapCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "rewrap", abstract: "Add an envelope under another CMK to what only an old one opens.",
        discussion: """
            Example: holdfast keys rewrap --from local:3f2a…/acec… --to local:3f2a…/91bc…

            The old CMK is needed for it, and afterwards no more: no data is read or encrypted again. Each new envelope is read \
            back and opened before it counts. Run again after an interruption, it goes on where it was. Whether the old CMK can \
            go now, only holdfast keys check --prove tells, since envelopes added later count only once they were opened. Refused \
            while the deletion of the old one is pending: take it back first.

            JSON: {message_type: "rewrapped", dry_run, from, to, rewrapped[], already_open[], failures [{cluster, id, why}]}. \
            Exit 14 where a snapshot could not be rewrapped.
            """)

    @Option(help: "The old CMK's URI.")
    var from: CMKArgument

    @Option(help: "The CMK that is to open it as well.")
    var to: CMKArgument

    @Flag(name: [.customShort("n"), .long], help: "Say what would be done; change nothing.")
    var dryRun = false

    @Argument(help: "Snapshots: ids, or prefixes of them; none: all that the old CMK opens, in every cluster.")
    var snapshots: [String] = []

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        var request = RewrapSnapshots.Request(from: from.cmk, to: to.cmk, isDryRun: dryRun)
        if !snapshots.isEmpty {
            let context = try await project.open()
            let views = try await context.repository.readSnapshots(catalog: context.catalog)
            request.snapshots = Set(try snapshots.map { try SelectSnapshot().select($0, among: views).id })
        }
        var steps: [RewrapSnapshots.Step] = []
        let failures = try await RewrapSnapshots(try await project.repositories(), keys: project.keys).run(
            request, at: session.now, by: session.hostName
        ) { step in
            steps.append(step)
            guard !session.options.isJSON, !session.options.isQuiet else { return }
            try session.output.print("\(step.cluster)  \(step.snapshot.short)  \(step.outcome.words)")
            try session.output.flush()
        }
        try show(steps, failures, session)
        return failures.isEmpty ? .done : .cmkUnavailable
    }

    private func show(
        _ steps: [RewrapSnapshots.Step], _ failures: [ProveDeletion.Failure], _ session: Session
    ) throws {
        let done = steps.filter { $0.outcome != .alreadyOpens }
        if session.options.isJSON {
            return try session.output.print([
                "message_type": "rewrapped", "dry_run": .bool(dryRun), "from": .text(from.cmk), "to": .text(to.cmk),
                "rewrapped": .array(done.map { .text($0.snapshot) }),
                "already_open": .array(steps.filter { $0.outcome == .alreadyOpens }.map { .text($0.snapshot) }),
                "failures": .array(failures.map { .object($0.json) }),
            ])
        }
        for failure in failures {
            session.output.note("holdfast: not rewrapped: \(failure.cluster) \(failure.snapshot.short): \(failure.why)")
        }
        if steps.isEmpty && failures.isEmpty { return try session.output.print("nothing is opened by \(from.cmk)") }
        if failures.isEmpty && !dryRun { try session.output.print("next: holdfast keys check --prove \(from.cmk)") }
    }
}

extension RewrapSnapshots.Outcome {
    fileprivate var words: String {
        switch self {
        case .rewrapped: "rewrapped, read back and opened"
        case .alreadyOpens: "opens without it already"
        case .planned: "would be rewrapped"
        }
    }
}
