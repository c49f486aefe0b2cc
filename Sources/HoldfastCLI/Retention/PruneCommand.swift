import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast prune`
struct PruneCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Condemn what the policy no longer keeps, and delete what was condemned long enough.",
        discussion: """
            Example: holdfast prune --dry-run --time 2027-06-30

            Needs no keys. What is condemned stays in the trash for the policy's grace time; until then undelete takes it back.

            JSON: {message_type: "pruned", cluster, dry_run, condemned[], purged[], packs_deleted, bytes_freed, kept [{id, reasons[]}], \
            fenced[], temporaries_removed, stopped [{object, message}]}. Exit 1: stopped by a limit; 15: stopped by damage.
            """)

    @Flag(
        help: """
            Condemn also where much of a group would go before its date, or the last of one that has no good snapshot; remove what \
            stands without its start record.
            """)
    var yes = false

    @Flag(help: "List every place that a pack of no snapshot may be in, also where an earlier run of this machine found none.")
    var full = false

    @Flag(name: [.customShort("n"), .long], help: "Say what would be done; change nothing.")
    var dryRun = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open()
        let (report, alarms) = try await context.prune(session, isConfirmed: yes, isFull: full, isDryRun: dryRun)
        try report.show(in: session)
        if let failure = report.failure {
            try session.output.flush()
            session.output.note(failure.line)
            return failure.status
        }
        return alarms.isEmpty ? .done : .damaged
    }
}
