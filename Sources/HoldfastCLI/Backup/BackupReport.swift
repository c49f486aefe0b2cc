import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// What a finished backup did, as text and as restic's summary.
package struct BackupReport: Sendable {
    let summary: BackupSummary
    let seconds: Double

    var status: ExitStatus { summary.problems.isEmpty ? .done : .incomplete }

    private var files: UInt64 {
        summary.figures.filesNew + summary.figures.filesChanged + summary.figures.filesUnmodified
    }

    var lines: [String] {
        let figures = summary.figures
        var lines = [
            "files: \(figures.filesNew) new, \(figures.filesChanged) changed, \(figures.filesUnmodified) unmodified",
            "bytes: \(ByteCount(figures.bytesScanned)) scanned, \(ByteCount(figures.bytesRead)) read, "
                + "\(ByteCount(figures.bytesNew)) new, \(ByteCount(figures.bytesStored)) stored",
        ]
        if figures.bytesReread > 0 {
            lines.append(
                "space: \(ByteCount(figures.bytesReread)) of unchanged files read again and stored anew, so that older packs can go"
            )
        }
        lines += summary.baseNotes.map { "base: \($0)" }
        if let base = summary.header.base { lines.append("base: \(base.short)") }
        lines += summary.notes.map { "note: \($0)" }
        if summary.isResumed { lines.append("went on with a snapshot that was interrupted") }
        if let expires = summary.header.expires {
            lines.append("expires: \(expires.toTheMinute)\(summary.header.lock == nil ? "" : ", and is locked until then")")
        }
        lines.append("snapshot \(summary.snapshot.short) saved in \(ElapsedTime(seconds: Int64(seconds)))")
        return lines
    }

    var json: JSONObject {
        let figures = summary.figures
        return [
            "message_type": "summary", "files_new": .count(figures.filesNew), "files_changed": .count(figures.filesChanged),
            "files_unmodified": .count(figures.filesUnmodified), "dirs_new": .count(figures.directoriesNew),
            "dirs_changed": .count(figures.directoriesChanged), "dirs_unmodified": .count(figures.directoriesUnmodified),
            "data_added": .count(figures.bytesNew), "data_added_packed": .count(figures.bytesStored),
            "bytes_read": .count(figures.bytesRead), "bytes_reread": .count(figures.bytesReread),
            "total_files_processed": .count(files),
            "total_bytes_processed": .count(figures.bytesScanned), "total_duration": .integer(Int64(seconds)),
            "snapshot_id": .text(summary.snapshot), "node": .string(summary.header.node),
            "source": .string(summary.header.source), "cmks": .array(summary.header.envelopes.map { .string($0.cmk.uri) }),
            "base": .text(summary.header.base), "base_notes": .array(summary.baseNotes.map { .string($0) }),
            "notes": .array(summary.notes.map { .string($0) }),
            "expires": .text(summary.header.expires), "locked_until": .text(summary.header.lock?.until),
            "resumed": .bool(summary.isResumed), "errors": .array(summary.problems.map { .error(at: $0.path, $0.message) }),
        ]
    }

    func show(in session: Session) throws {
        if session.options.isJSON { return try session.output.print(json) }
        for problem in summary.problems { session.output.note("holdfast: not saved as it was: \(problem)") }
        if !session.options.isQuiet { for line in lines { try session.output.print(Table.printable(line)) } }
    }
}

extension JSONValue {
    /// A number that is never negative; what JSON readers take for a whole number.
    static func count(_ number: UInt64) -> JSONValue { .integer(Int64(clamping: number)) }
}

extension ByteCount {
    init(_ bytes: UInt64) { self.init(Int64(clamping: bytes)) }
}
