import ArgumentParser
import Holdfast
import HoldfastModel
import HoldfastStorage

/// `holdfast dump`
struct DumpCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Write a file of a snapshot, or a directory as a tar, to standard output.",
        discussion: """
            Example: holdfast dump latest:/etc/fstab

            With --json only errors are JSON.
            """)

    @Argument(help: ArgumentHelp("A path in a snapshot; without one the whole tree.", valueName: "snapshot:path"))
    var source: SnapshotPath

    @OptionGroup(title: "Snapshot options") var chosen: SnapshotOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open(for: .givingBack)
        let snapshot = try await context.openSnapshot(source.snapshot, chosen)
        var closed: OutputClosed?
        let notes: [String]
        do {
            notes = try await Dump(snapshot).run(source.path) { (bytes) throws(HoldfastError) in
                do throws(OutputClosed) {
                    var chunk: [UInt8] = []
                    chunk.append(contentsOf: bytes)
                    try session.output.write(chunk)
                } catch {
                    closed = error
                    throw .interrupted
                }
            }
        } catch {
            if let closed { throw closed }
            throw error
        }
        for note in notes { session.note("holdfast: \(note)") }
        return .done
    }
}
