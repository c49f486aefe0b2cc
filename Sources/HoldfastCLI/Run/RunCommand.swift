import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast run`
struct RunCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Take what is due, prune, audit, alert: one tick for cron or a timer.",
        discussion: """
            Example: holdfast run --node db1

            For each cluster that has this node (default: this host's name): every source that is due gets one snapshot, between \
            the node's before and after commands; then the cluster is pruned, and at the end the project audited, as keys audit does. Clusters without this node are pruned alone. One \
            that fails does not keep the others from their work; the exit code is the worst. Two runs at once are safe: a source \
            that another run is at, or has just taken, is passed over. A source that is empty where its last snapshot was not \
            gets no snapshot and exit 1: it may not be mounted.

            With --forever it goes on in one process, until SIGTERM or Ctrl-C: it wakes at the next instant of any schedule, and \
            once an hour. The project file is read anew each time.

            JSON lines: those of backup, that of prune for each cluster, that of keys audit, then one {message_type: "tick", \
            dry_run, node, clusters [{name, due [{source, items[], missed}], taken [{source, snapshot}], skipped[], failures \
            [exit_error], next}], exit_code}. What fails is an exit_error where it happens as well.
            """)

    @Option(help: "The node whose sources to take; default: this host's name.", transform: ProjectNames.argument)
    var node: String?

    @Flag(help: "Go on until told to stop.")
    var forever = false

    @Flag(name: [.customShort("n"), .long], help: "Say what would be done; change nothing.")
    var dryRun = false

    @OptionGroup(title: "Storage options") var storage: BackupStorageOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if forever && dryRun { throw ValidationError("--forever changes things: not with --dry-run") }
        if forever && global.time != nil { throw ValidationError("--forever goes by the clock: not with --time") }
        if storage.keep != nil { throw ValidationError("--keep is for backup: what is scheduled is kept as its items say") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let tick = Tick(session: session, node: node ?? session.hostName, storage: storage, isDryRun: dryRun)
        guard forever else {
            let outcome = try await tick.run()
            return outcome.status
        }
        return try await RunForever(tick: tick).run()
    }
}
