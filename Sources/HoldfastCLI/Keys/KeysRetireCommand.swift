import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast keys retire`
struct KeysRetireCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Never use a CMK again for new snapshots, in any cluster, for good.",
        discussion: """
            Example: holdfast keys retire local:3f2a…/91bc…

            The active CMK is refused: rotate first. So is a recovery CMK: take it out of recovery: first. Its snapshots stay as they are. JSON: {message_type: "retired", cmk}.
            """)

    @Argument(help: "The CMK's URI.")
    var cmk: CMKArgument

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        try await RetireKey(try await project.repositories(), keys: project.keys).run(
            cmk.cmk, at: session.now, by: session.hostName)
        try await project.observe()
        if session.options.isJSON {
            try session.output.print(["message_type": "retired", "cmk": .text(cmk.cmk)])
        } else {
            try session.output.print("retired  \(cmk.cmk)")
        }
        return .done
    }
}
