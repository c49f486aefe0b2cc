import Holdfast
import HoldfastFormat
import HoldfastModel

/// One snapshot of a drill, and what came of it.
struct Drilled: Sendable {
    let turn: DrillChoice.Turn
    let part: DrillPart
    /// A failure: nothing of it could be restored.
    let result: Result<DrillResult, Failure>
    /// A store that did not answer has shown nothing.
    var wasAnswered = true

    /// Nil where it came back as it was.
    var failure: Failure? {
        switch result {
        case .failure(let failure): return failure
        case .success(let result):
            guard let worst = result.worst else { return nil }
            return failure(of: result, worst)
        }
    }

    private func failure(of result: DrillResult, _ worst: RestoreFailure.Cause) -> Failure {
        let count = result.errorCount
        let what = "snapshot \(result.snapshot.short): \(count) \(count == 1 ? "path" : "paths") did not come back as they were"
        // Of very many only the first are known one by one.
        let example = result.errors.first { $0.cause == worst }
        let object = example.map { $0.object?.text ?? $0.path.displayPath } ?? result.snapshot.short
        let why = example.map { " (\($0.path.displayPath): \($0.message))" } ?? ""
        return switch worst {
        case .damage: Failure(.damaged, what + why, object, "see what else is affected: holdfast check --read-data")
        case .noSpace: Failure(.noSpace, what, object, "make room, or name another place with --into")
        case .target: Failure(.failed, what + why, object, "name another place with --into")
        }
    }

    var record: DrillRecord.Turn {
        let (failure, restored) = (failure, restored)
        return DrillRecord.Turn(
            snapshot: turn.view.id, cmk: restored?.cmk, part: part, files: restored?.files ?? 0, bytes: restored?.bytes ?? 0,
            outcome: outcome, message: failure?.what ?? "")
    }

    var outcome: DrillRecord.Outcome {
        guard wasAnswered else { return .unfinished }
        return failure?.status.drillOutcome ?? .passed
    }

    func show(cluster: String, in session: Session) throws(OutputClosed) {
        if session.options.isJSON { return try session.output.print(json(cluster)) }
        guard case .success(let result) = result else { return }
        for note in result.notes { session.note("holdfast: \(note)") }
        for error in result.errors {
            session.output.note(
                Table.printable("holdfast: did not come back as it was: \(error.path.displayPath): \(error.message)"))
        }
        guard !session.options.isQuiet else { return }
        let part = result.isWhole ? "all of it" : "of \(ByteCount(result.bytesTotal))"
        let why = turn.isForCMK ? "only by" : "by"
        try session.output.print(
            Table.printable(
                "\(cluster)  \(result.snapshot.short)  \(result.header.node)/\(result.header.source)  "
                    + "\(result.header.time.toTheMinute)  \(result.files) \(result.files == 1 ? "file" : "files"), \(ByteCount(result.bytes)), \(part)  \(why) \(result.cmk)"
            ))
    }

    private var restored: DrillResult? {
        if case .success(let result) = result { result } else { nil }
    }

    private func json(_ cluster: String) -> JSONObject {
        let (header, restored) = (turn.view.log.header, restored)
        let errors = restored?.errors ?? []
        return [
            "message_type": "drilled", "cluster": .string(cluster), "snapshot_id": .text(turn.view.id),
            "node": .text(header?.node),
            "source": .text(header?.source), "time": .text(header?.time), "cmk": .text(restored?.cmk),
            "old_cmk": .bool(turn.isForCMK), "whole": .bool(restored?.isWhole ?? false), "files": .count(restored?.files ?? 0),
            "bytes": .count(restored?.bytes ?? 0), "total_files": restored.map { .count($0.entriesTotal) } ?? .null,
            "total_bytes": restored.map { .count($0.bytesTotal) } ?? .null, "outcome": .string(record.outcome.rawValue),
            "errors": .array(errors.map { .error(at: $0.path, $0.message) }),
            "error_count": .integer(Int64(restored?.errorCount ?? 0)),
            "notes": .array((restored?.notes ?? []).map { .string($0) }),
        ]
    }
}
