import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast unlock`
struct UnlockCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Give up snapshots in progress whose writer is dead.",
        discussion: """
            Example: holdfast unlock 5a81c0de

            Without a snapshot those in progress are listed. A writer that lives after all starts over; prune does the same by \
            itself after a day of silence.

            JSON: {message_type: "unlocked", unlocked[], open [{id, node, source, started}]}.
            """)

    @Argument(help: "Snapshots in progress: ids, or prefixes of 8 or more digits.")
    var snapshots: [String] = []

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open()
        let unlock = Unlock(repository: context.repository)
        let open = try await unlock.openSnapshots()
        let chosen = try snapshots.map { try Self.choose($0, among: open) }
        for view in chosen { try await unlock.run(view.id, at: context.now, by: context.hostName) }
        let remaining = open.filter { view in !chosen.contains { $0.id == view.id } }
        if session.options.isJSON {
            try session.output.print([
                "message_type": "unlocked", "unlocked": .array(chosen.map { .text($0.id) }),
                "open": .array(remaining.map { .object(Self.json($0)) }),
            ])
            return .done
        }
        for view in chosen { try session.output.print("\(view.id.short)  given up; prune collects what it left") }
        for view in remaining { try session.output.print("\(view.id.short)  in progress  \(Self.text(view))") }
        if open.isEmpty { session.note("no snapshot is in progress") }
        return .done
    }

    private static func choose(_ name: String, among open: [SnapshotView]) throws -> SnapshotView {
        guard name.utf8.count >= 8 else {
            throw HoldfastError.usage(
                "a snapshot in progress is named by 8 or more hex digits of its id, not as '\(name)'",
                object: name)
        }
        let found = open.filter { $0.id.hex.hasPrefix(name) }
        guard let only = found.first else {
            throw Failure(.failed, "no such snapshot in progress", name, "see holdfast unlock")
        }
        guard found.count == 1 else { throw HoldfastError.ambiguousSnapshot(name, found.map(\.id)) }
        return only
    }

    private static func text(_ view: SnapshotView) -> String {
        let origin = view.log.start.map { "\($0.node)/\($0.source)" } ?? "unreadable start"
        return origin + (view.startedAt.map { "  since \($0.toTheMinute) UTC" } ?? "")
    }

    private static func json(_ view: SnapshotView) -> JSONObject {
        [
            "id": .text(view.id), "node": .text(view.log.start?.node), "source": .text(view.log.start?.source),
            "started": .text(view.startedAt),
        ]
    }
}
