import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast hold release`
struct HoldReleaseCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Release a hold: of the snapshots named, or of all that bear it.",
        discussion: """
            Example: holdfast hold release case-7

            What no other hold keeps obeys the policy again, from the next prune on.

            JSON: {message_type: "released", dry_run, name, released[]}. Exit 1 where nothing is held by that name.
            """)

    @Argument(help: "The hold's name.")
    var name: HoldName

    @Argument(help: "Snapshots: ids, prefixes of them, or latest; none: all that bear the hold.")
    var snapshots: [String] = []

    @Flag(name: [.customShort("n"), .long], help: "Say what would be done; change nothing.")
    var dryRun = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open()
        let views = try await context.repository.readSnapshots(catalog: context.catalog)
        let named = try snapshots.map { try SelectSnapshot().select($0, among: views) }
        // What was not read may be the hold: then that is said.
        let chosen = (snapshots.isEmpty ? views.filter(\.log.exists) : named)
            .filter { $0.log.holds.contains(name.text) || $0.unread != nil }
        guard !chosen.isEmpty else {
            let what = snapshots.isEmpty ? "no snapshot is held by that name" : "none of these snapshots is held by that name"
            throw Failure(.failed, what, name.text, "see holdfast hold list")
        }
        let hold = HoldSnapshot(repository: context.repository)
        try await context.appending(to: chosen, isDryRun: dryRun, in: session) { view in
            if !dryRun { try await hold.release(name, of: view.id, at: context.now, by: context.hostName) }
            if !session.options.isJSON {
                try session.output.print("\(view.id.short)  \(dryRun ? "would be released" : "released") from \(name.text)")
                try session.output.flush()
            }
            return view.id
        } show: { released in
            guard session.options.isJSON else { return }
            try session.output.print([
                "message_type": "released", "dry_run": .bool(dryRun), "name": .string(name.text),
                "released": .array(released.map { .text($0) }),
            ])
        }
        return .done
    }
}
