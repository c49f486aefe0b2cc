import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast keys cancel-deletion`
struct KeysCancelDeletionCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel-deletion", abstract: "Take the deletion of a CMK back, and enable it again.",
        discussion: """
            Example: holdfast keys cancel-deletion local:3f2a…/91bc…

            It stays retired. JSON: {message_type: "deletion_cancelled", cmk, outcome: withdrawn | cancelled}.
            """)

    @Argument(help: "The CMK's URI.")
    var cmk: CMKArgument

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let outcome = try await CancelDeletion(try await project.repositories(), keys: project.keys).run(
            cmk.cmk, at: session.now, by: session.hostName)
        try await project.observe()
        let (word, text) =
            switch outcome {
            case .withdrawn: ("withdrawn", "its deletion is withdrawn; nothing was scheduled")
            case .cancelled: ("cancelled", "its deletion is cancelled, and it is enabled again")
            }
        if session.options.isJSON {
            try session.output.print([
                "message_type": "deletion_cancelled", "cmk": .text(cmk.cmk), "outcome": .string(word),
            ])
        } else {
            try session.output.print("\(cmk.cmk): \(text)")
        }
        return .done
    }
}
