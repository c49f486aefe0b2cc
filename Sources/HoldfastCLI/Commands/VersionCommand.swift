import ArgumentParser
import HoldfastFormat

/// `holdfast version`
struct VersionCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Show the version.",
        discussion: "Example: holdfast version --json\n\nJSON: message_type, version.")

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        if session.options.isJSON {
            try session.output.print(["message_type": "version", "version": .string(Version.number)])
        } else {
            try session.output.print(Version.text)
        }
        return .done
    }
}
