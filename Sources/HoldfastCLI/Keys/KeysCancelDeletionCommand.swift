import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast keys cancel-deletion`
struct KeysCancelDeletionCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel-deletion", abstract: "Take the deletion of a CMK back, and enable it again.",
        discussion: """
            Example: holdfast keys cancel-deletion local:3f2a…/91bc…

            It stays retired. The key manager comes first: what cannot be read of the project stops nothing, and is told; run \
            again, it is finished.

            JSON: {message_type: "deletion_cancelled", cmk, outcome: withdrawn | cancelled}.
            """)

    @Argument(help: "The CMK's URI.")
    var cmk: CMKArgument

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let outcome = try await cancel(project, session)
        try await project.observe()
        // An older copy may not know of the deletion that the newer one will go on with.
        if cmk.cmk.scheme == project.keyring.scheme { try await project.keyringMemory.requireNewest(project.keyring) }
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

    /// Where a key log is left, it is told first what the key manager says now.
    private func cancel(_ project: ProjectContext, _ session: Session) async throws -> CancelDeletion.Outcome {
        let cancellation = CancelDeletion(try await project.repositories(), keys: project.keys)
        do throws(HoldfastError) {
            return try await cancellation.run(cmk.cmk, at: session.now, by: session.hostName)
        } catch {
            guard case .unfinished = error else { throw error }
            let state = await project.keys.state(of: cmk.cmk).rawValue.replacing("_", with: " ")
            throw Failure(error).saying("\(cmk.cmk) is \(state) now")
        }
    }
}
