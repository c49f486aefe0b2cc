import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast hold …`
struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Legal holds: what is held outlives every policy.",
        discussion: "Example: holdfast hold add case-7 latest",
        subcommands: [HoldAddCommand.self, HoldReleaseCommand.self, HoldListCommand.self])
}

/// `holdfast hold add`
struct HoldAddCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Hold snapshots under a name, until it is released.",
        discussion: """
            Example: holdfast hold add case-7 5a81c0de latest

            A held snapshot is neither condemned nor purged, and the CMKs that open it are needed as long. What is in the trash \
            can be held, too: it stays there. If one of the snapshots is not there, none is held.

            JSON: {message_type: "held", dry_run, name, held[], already_held[]}.
            """)

    @Argument(help: "The hold's name: 1 to 64 bytes.")
    var name: HoldName

    @Argument(help: "Snapshots: ids, prefixes of them, or latest.")
    var snapshots: [String]

    @Flag(name: [.customShort("n"), .long], help: "Say what would be done; change nothing.")
    var dryRun = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open()
        let views = try await context.repository.readSnapshots(catalog: context.catalog)
        let chosen: [SnapshotView]
        do {
            chosen = try snapshots.map { try SelectSnapshot().select($0, among: views) }
        } catch {
            throw Failure(error).saying("nothing was held")
        }
        let hold = HoldSnapshot(repository: context.repository)
        try await context.appending(to: chosen, isDryRun: dryRun, in: session) { view in
            let isNew =
                dryRun
                ? !view.log.holds.contains(name.text)
                : try await hold.add(name, to: view.id, at: context.now, by: context.hostName)
            if !session.options.isJSON {
                let what = isNew ? (dryRun ? "would be held" : "held") : "held already"
                try session.output.print("\(view.id.short)  \(what) by \(name.text)")
                try session.output.flush()
            }
            return (id: view.id, isNew: isNew)
        } show: { done in
            guard session.options.isJSON else { return }
            try session.output.print([
                "message_type": "held", "dry_run": .bool(dryRun), "name": .string(name.text),
                "held": .array(done.filter { $0.isNew }.map { .text($0.id) }),
                "already_held": .array(done.filter { !$0.isNew }.map { .text($0.id) }),
            ])
        }
        return .done
    }
}

extension HoldName: ExpressibleByArgument {
    /// The name as a command line has it.
    public init?(argument: String) { self.init(argument) }
}
