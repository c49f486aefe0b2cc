import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast diff`
struct DiffCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what changed from one snapshot to another.",
        discussion: """
            Example: holdfast diff 3f2a9c01 latest

            + added, - removed, M other contents, U other metadata, T another type.

            JSON: {message_type: "diff", source_snapshot, target_snapshot, changes: [{path, modifier}], added, removed, \
            modified, metadata, type_changed, added_bytes, removed_bytes}.
            """)

    @Argument(help: "The older snapshot.")
    var older: String

    @Argument(help: "The newer snapshot.")
    var newer: String

    @OptionGroup(title: "Snapshot options") var chosen: SnapshotOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).openForReading()
        let old = try await context.openSnapshot(older, chosen)
        let new = try await context.openSnapshot(newer, chosen)
        var changes: [JSONValue] = []
        let counts = try await DiffSnapshots(from: old, to: new).run { change in
            let slash = change.entry.kind == .directory ? "/" : ""
            if session.options.isJSON {
                let path = change.entry.displayPath + slash
                changes.append(.object(["path": .string(path), "modifier": .string(change.kind.rawValue)]))
            } else {
                try session.output.print("\(change.kind.rawValue)  \(EntryText(entry: change.entry).path)\(slash)")
            }
        }
        if session.options.isJSON {
            try session.output.print(Self.document(old, new, changes, counts))
        } else {
            try session.output.print(Self.summary(counts))
        }
        return .done
    }

    private static func summary(_ counts: DifferenceCounts) -> String {
        """
        \(counts.count(.added)) added, \(counts.count(.removed)) removed, \(counts.count(.modified)) modified, \
        \(counts.count(.metadata)) with other metadata, \(counts.count(.type)) of another type; \
        \(ByteCount(counts.addedByteCount)) came, \(ByteCount(counts.removedByteCount)) went
        """
    }

    private static func document(
        _ old: OpenedSnapshot, _ new: OpenedSnapshot, _ changes: [JSONValue], _ counts: DifferenceCounts
    ) -> JSONObject {
        [
            "message_type": "diff", "source_snapshot": .text(old.id), "target_snapshot": .text(new.id),
            "changes": .array(changes), "added": .integer(Int64(counts.count(.added))),
            "removed": .integer(Int64(counts.count(.removed))), "modified": .integer(Int64(counts.count(.modified))),
            "metadata": .integer(Int64(counts.count(.metadata))), "type_changed": .integer(Int64(counts.count(.type))),
            "added_bytes": .count(counts.addedByteCount), "removed_bytes": .count(counts.removedByteCount),
        ]
    }
}
