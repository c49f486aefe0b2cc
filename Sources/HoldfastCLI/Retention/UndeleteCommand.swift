import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast undelete`
struct UndeleteCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete", abstract: "Take a snapshot back out of the trash.",
        discussion: """
            Example: holdfast undelete 5a81c0de --until 2027-12-31

            It needs a new expiry or a hold: else the next prune would condemn it again.

            JSON: {message_type: "undeleted", id, until, hold}.
            """)

    @Argument(help: "The snapshot: its id, or a prefix of it.")
    var snapshot: String

    @Option(help: "Keep it until this time.")
    var until: Timestamp?

    @Option(help: "Hold it under this name, until the hold is released.")
    var hold: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard (until == nil) != (hold == nil) else { throw ValidationError("name either --until or --hold") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let reason: Undelete.Reason
        if let until { reason = .until(until) } else { reason = .hold(hold ?? "") }
        let context = try await ProjectContext(session).open()
        let id = try await context.select(snapshot).id
        try await Undelete(repository: context.repository).run(id, reason, at: context.now, by: context.hostName)
        try await context.observe()
        if session.options.isJSON {
            try session.output.print([
                "message_type": "undeleted", "id": .text(id), "until": .text(until), "hold": .text(hold),
            ])
        } else {
            let what = until.map { "kept until \($0.toTheMinute) UTC" } ?? "held by \(hold ?? "")"
            try session.output.print("\(id.short)  out of the trash, \(what)")
        }
        return .done
    }
}
