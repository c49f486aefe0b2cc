import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast keys disable`
struct KeysDisableCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Disable a CMK that nothing needs: the step before its deletion that can be taken back.",
        discussion: """
            Example: holdfast keys disable local:3f2a…/acec…

            Refused while anything needs the CMK, with what stands in the way, and before it is retired. What still misses it \
            will be heard of now, and not after its deletion: holdfast keys enable takes it back in seconds.

            JSON: {message_type: "disabled", cmk}, or the answer of keys check.
            """)

    @Argument(help: "The CMK's URI.")
    var cmk: CMKArgument

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let report = try await DisableKey(try await project.repositories(), keys: project.keys).disable(
            cmk.cmk, at: session.now)
        guard report.verdict.answer == .safeForGood else {
            if session.options.isJSON {
                try session.output.print(report.json)
            } else {
                for line in ["Not disabled."] + report.lines() { try session.output.print(line) }
            }
            return report.exitStatus
        }
        if session.options.isJSON {
            try session.output.print(["message_type": "disabled", "cmk": .text(cmk.cmk)])
        } else {
            try session.output.print("disabled  \(cmk.cmk)")
            try session.output.print("  To take it back: holdfast keys enable \(cmk.cmk.shellWord)")
        }
        return .done
    }
}

/// `holdfast keys enable`
struct KeysEnableCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Enable a CMK that was disabled.",
        discussion: """
            Example: holdfast keys enable local:3f2a…/acec…

            It stays retired, if it was. One whose deletion is pending: holdfast keys cancel-deletion.

            JSON: {message_type: "enabled", cmk}.
            """)

    @Argument(help: "The CMK's URI.")
    var cmk: CMKArgument

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        try await DisableKey(try await project.repositories(), keys: project.keys).enable(cmk.cmk)
        if session.options.isJSON {
            try session.output.print(["message_type": "enabled", "cmk": .text(cmk.cmk)])
        } else {
            try session.output.print("enabled  \(cmk.cmk)")
        }
        return .done
    }
}
