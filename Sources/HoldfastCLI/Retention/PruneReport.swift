import Holdfast
import HoldfastFormat
import HoldfastModel

/// What a run of `prune` did, or would do, as text and as JSON.
struct PruneReport {
    let result: PruneResult
    let cluster: String
    let isDryRun: Bool

    func show(in session: Session) throws {
        if session.options.isJSON { return try session.output.print(json) }
        guard !session.options.isQuiet else { return }
        for line in lines { try session.output.print(line) }
        guard session.options.isVerbose else { return }
        for (id, reasons) in result.kept {
            try session.output.print("kept  \(id.short)  \(reasons.map(\.rawValue).joined(separator: ", "))")
        }
    }

    private var lines: [String] {
        let would = isDryRun ? "would be " : ""
        var lines = [
            line("\(would)condemned", result.condemned), line("\(would)purged", result.purged),
            line("\(would)fenced", result.fenced),
        ].compactMap(\.self)
        lines.append("packs \(would)deleted: \(result.packsDeleted), \(ByteCount(Int64(result.bytesFreed))) freed")
        lines.append("snapshots kept: \(result.kept.count)")
        return lines
    }

    private func line(_ what: String, _ ids: [SnapshotID]) -> String? {
        ids.isEmpty ? nil : "\(what): \(ids.map(\.short).joined(separator: ", "))"
    }

    /// Nil where all was done; damage counts for more than a question.
    var failure: Failure? {
        guard let worst = result.stopped.first(where: \.isDamage) ?? result.stopped.first else { return nil }
        return Failure(worst.isDamage ? .damaged : .failed, "prune did not do all of its work", worst.object, worst.message)
    }

    private var json: JSONObject {
        [
            "message_type": "pruned", "cluster": .string(cluster), "dry_run": .bool(isDryRun), "condemned": ids(result.condemned),
            "purged": ids(result.purged),
            "packs_deleted": .integer(Int64(result.packsDeleted)), "bytes_freed": .integer(Int64(result.bytesFreed)),
            "kept": .array(
                result.kept.map { kept in
                    .object(["id": .text(kept.id), "reasons": .array(kept.reasons.map { .string($0.rawValue) })])
                }),
            "fenced": ids(result.fenced), "temporaries_removed": .integer(Int64(result.temporariesRemoved)),
            "stopped": .array(
                result.stopped.map { .object(["object": .string($0.object), "message": .string($0.message)]) }),
        ]
    }

    private func ids(_ ids: [SnapshotID]) -> JSONValue { .array(ids.map { .text($0) }) }
}
