import Holdfast
import HoldfastFormat
import HoldfastModel

/// What a finished restore did, as text and as JSON.
struct RestoreReport {
    let summary: RestoreSummary
    let snapshot: SnapshotID
    let seconds: Int64

    func show(in session: Session) throws {
        for note in summary.notes { session.note("holdfast: \(note)") }
        if session.options.isJSON { return try session.output.print(json) }
        for error in summary.errors {
            session.output.note(Table.printable("holdfast: not restored as it was: \(error.path.displayPath): \(error.message)"))
        }
        let figures = summary.figures
        guard !session.options.isQuiet else { return }
        try session.output.print(
            "files: \(figures.filesRestored) restored, \(figures.filesSkipped) skipped, \(figures.filesDeleted) deleted")
        try session.output.print(
            "bytes: \(ByteCount(figures.bytesRestored)) restored, \(ByteCount(figures.bytesWritten)) written")
        guard summary.worst == nil else { return }
        try session.output.print("snapshot \(snapshot.short) restored in \(ElapsedTime(seconds: seconds))")
    }

    /// The worst of what could not be restored decides the exit status.
    var failure: Failure? {
        let count = "\(summary.errorCount) \(summary.errorCount == 1 ? "path was" : "paths were") not restored as they were"
        guard let example = summary.errors.max(by: { $0.cause < $1.cause }) else { return nil }
        let object = example.object?.text ?? example.path.displayPath
        switch example.cause {
        case .damage: return Failure(.damaged, count, object, "see what else is affected: holdfast check --read-data")
        case .noSpace: return Failure(.noSpace, count, object, "make room, and run it again: it goes on where it was")
        case .target: return Failure(.failed, "\(count) (\(example.message))", object, "correct it, and run it again")
        }
    }

    private var json: JSONObject {
        let figures = summary.figures
        return [
            "message_type": "summary", "snapshot_id": .text(snapshot), "files_restored": .count(figures.filesRestored),
            "bytes_restored": .count(figures.bytesRestored), "bytes_written": .count(figures.bytesWritten),
            "files_skipped": .count(figures.filesSkipped), "files_deleted": .count(figures.filesDeleted),
            "total_duration": .integer(seconds),
            "errors": .array(summary.errors.map { .error(at: $0.path, $0.message) }),
            "error_count": .integer(Int64(summary.errorCount)), "notes": .array(summary.notes.map { .string($0) }),
        ]
    }
}
