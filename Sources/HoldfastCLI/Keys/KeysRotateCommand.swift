import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast keys rotate`
struct KeysRotateCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make a CMK the active one in every cluster, and retire the old ones for good.",
        discussion: """
            Example: holdfast keys rotate --to local:3f2a…/91bc…

            The new CMK is tried first. Nothing is encrypted again: snapshots stay under the CMK that they were taken under, \
            and the next one stores nothing twice. An interrupted rotation is finished by running it again.

            What was active and is a recovery CMK of the project is not retired: it goes on wrapping every snapshot.

            JSON: {message_type: "rotated", active, retired[], kept[] (recovery CMKs), clusters[], fresh}.
            """)

    @Option(help: "The new CMK's URI.")
    var to: CMKArgument

    @Flag(help: "For a compromised CMK: no later snapshot refers to data of an earlier one.")
    var fresh = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        if to.cmk.scheme == project.keyring.scheme { try await project.keyringMemory.requireNewest(project.keyring) }
        let outcome = try await RotateKey(try await project.repositories(), keys: project.keys).run(
            to: to.cmk, fresh: fresh, at: session.now, by: session.hostName)
        try await project.observe()
        if session.options.isJSON {
            try session.output.print([
                "message_type": "rotated", "active": .text(outcome.active),
                "retired": .array(outcome.retired.map { .text($0) }), "kept": .array(outcome.kept.map { .text($0) }),
                "clusters": .array(outcome.clusters.map(JSONValue.string)), "fresh": .bool(fresh),
            ])
            return .done
        }
        try session.output.print("active   \(outcome.active)   in \(outcome.clusters.joined(separator: ", "))")
        for cmk in outcome.retired {
            try session.output.print(
                "retired  \(cmk)   keep it until this says that it can go: holdfast keys check \(cmk.shellWord)")
        }
        for cmk in outcome.kept {
            try session.output.print(
                "kept     \(cmk)   a recovery CMK, which goes on wrapping every snapshot. To end that: take it out of recovery: in the "
                    + "project file, then holdfast keys retire \(cmk.shellWord)")
        }
        return .done
    }
}
