import ArgumentParser
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast debug keyring destroy`
struct DebugKeyringDestroyCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy", abstract: "Destroy a CMK of the local keyring at once, with no check and no way back.",
        discussion: """
            Example: holdfast debug keyring destroy local:3f2a…/91bc…

            For tests: what only this CMK opens is lost. JSON: {message_type: "destroyed", cmk}.
            """)

    @Argument(help: "The CMK's URI.")
    var cmk: CMKArgument

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        try await ProjectContext(session).keyring.destroy(cmk.cmk)
        if session.options.isJSON {
            try session.output.print(["message_type": "destroyed", "cmk": .text(cmk.cmk)])
        } else {
            try session.output.print("destroyed  \(cmk.cmk)")
        }
        return .done
    }
}
