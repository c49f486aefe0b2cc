import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast keys audit`
struct KeysAuditCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Hold the project against its key managers, and tell what threatens its backups.",
        discussion: """
            Example: holdfast keys audit

            Run it every day: a CMK that is about to be deleted, disabled or denied while snapshots need it, old CMKs too, is \
            told here first. Alerts are shown each time; on_alert: and webhook: of the project file get them when they are new \
            or worse, critical ones again each day, and once when they are over. Exit 6 on a critical alert.

            JSON: {message_type: "audit", project, alerts [{kind, level, subject, message, next[], since}], raised[], repeated[], \
            resolved[], complete, as_of, read {…}}, read as keys check has it; on_alert and webhook get the same.
            """)

    @Flag(name: [.customShort("n"), .long], help: "Show the alerts; deliver and remember nothing.")
    var dryRun = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let audit = try await Audit(project: project).run(isDryRun: dryRun)
        if session.options.isJSON {
            try session.output.print(audit.json)
        } else {
            for line in audit.lines { try session.output.print(line) }
        }
        return audit.status
    }
}
