import ArgumentParser
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast keys create`
struct KeysCreateCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a new CMK in the local keyring and print its URI.",
        discussion: """
            Example: holdfast keys rotate --to "$(holdfast keys create 2027)"

            Nothing uses it before it is made active. JSON: {uri}.
            """)

    @Argument(help: "A label for people: up to \(LocalKeyring.maximumLabelByteCount) bytes.")
    var label = ""

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard label.utf8.count <= LocalKeyring.maximumLabelByteCount else {
            throw ValidationError("a label has at most \(LocalKeyring.maximumLabelByteCount) bytes")
        }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let cmk = try await project.keyring.createCMK(label: label)
        if session.options.isJSON {
            try session.output.print(["uri": .text(cmk)])
        } else {
            try session.output.print(cmk.uri)
        }
        return .done
    }
}
