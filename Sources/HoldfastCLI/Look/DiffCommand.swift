import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast diff`
struct DiffCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what changed from one snapshot to another.",
        discussion: """
            Example: holdfast diff 3f2a9c01 latest

            + added, - removed, M other contents, U other metadata, T another type.

            Of snapshots that no chain of bases connects the contents cannot be compared: a file of the same size and mtime counts \
            as unchanged, or where its ctime is another as ? (perhaps other contents). A note says so.

            JSON: {message_type: "diff", source_snapshot, target_snapshot, compared (contents, sizes_and_times), changes: [{path, \
            path_b64 (where the path is not UTF-8), modifier}], added, removed, modified, uncertain, metadata, type_changed, \
            added_bytes, removed_bytes}.
            """)

    @Argument(help: "The older snapshot.")
    var older: String

    @Argument(help: "The newer snapshot.")
    var newer: String

    @OptionGroup(title: "Snapshot options") var chosen: SnapshotOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open(for: .givingBack)
        let old = try await context.openSnapshot(older, chosen)
        let new = try await context.openSnapshot(newer, chosen)
        var changes: [JSONValue] = []
        let diff = DiffSnapshots(from: old, to: new)
        if !diff.comparesContents {
            session.note(
                "holdfast: note: no chain of bases connects these snapshots: only sizes and times are compared, and ? may have other contents"
            )
        }
        let counts = try await diff.run { change in
            let slash = change.entry.kind == .directory ? "/" : ""
            if session.options.isJSON {
                var object = JSONObject()
                object.append(path: change.entry.path + Array(slash.utf8))
                object.append("modifier", .string(change.kind.rawValue))
                changes.append(.object(object))
            } else {
                try session.output.print("\(change.kind.rawValue)  \(EntryText(entry: change.entry).path)\(slash)")
            }
        }
        if session.options.isJSON {
            let compared = diff.comparesContents ? "contents" : "sizes_and_times"
            try session.output.print(Self.document(old, new, compared, changes, counts))
        } else {
            try session.output.print(Self.summary(counts, diff.comparesContents))
        }
        return .done
    }

    private static func summary(_ counts: DifferenceCounts, _ comparesContents: Bool) -> String {
        """
        \(counts.count(.added)) added, \(counts.count(.removed)) removed, \(counts.count(.modified)) modified, \
        \(comparesContents ? "" : "\(counts.count(.uncertain)) perhaps modified, ")\
        \(counts.count(.metadata)) with other metadata, \(counts.count(.type)) of another type; \
        \(ByteCount(counts.addedByteCount)) came, \(ByteCount(counts.removedByteCount)) went
        """
    }

    private static func document(
        _ old: OpenedSnapshot, _ new: OpenedSnapshot, _ compared: String, _ changes: [JSONValue], _ counts: DifferenceCounts
    ) -> JSONObject {
        [
            "message_type": "diff", "source_snapshot": .text(old.id), "target_snapshot": .text(new.id),
            "compared": .string(compared), "changes": .array(changes), "added": .integer(Int64(counts.count(.added))),
            "removed": .integer(Int64(counts.count(.removed))), "modified": .integer(Int64(counts.count(.modified))),
            "uncertain": .integer(Int64(counts.count(.uncertain))), "metadata": .integer(Int64(counts.count(.metadata))),
            "type_changed": .integer(Int64(counts.count(.type))),
            "added_bytes": .count(counts.addedByteCount), "removed_bytes": .count(counts.removedByteCount),
        ]
    }
}
