import Holdfast
import HoldfastFormat
import HoldfastModel

/// What a check looked at and found, as text and as JSON.
struct CheckReport {
    let result: CheckResult
    /// Keys were at hand, and chunks opened.
    let isOpened: Bool
    let repair: RepairReport

    func show(in session: Session) throws {
        if session.options.isJSON { return try session.output.print(json) }
        for error in result.errors {
            try session.output.print(Table.printable("\(error.kind.rawValue)  \(error.object)  \(error.message)"))
        }
        for line in repair.lines { try session.output.print(Table.printable(line)) }
        guard !session.options.isQuiet else { return }
        let checked = result.checked
        try session.output.print("snapshots: \(checked.snapshots), \(checked.open) in progress; packs: \(checked.packs)")
        if checked.packsRead > 0 {
            let opened = isOpened ? "; opened: \(checked.chunks) chunks of \(checked.files) files" : ""
            try session.output.print("read: \(checked.packsRead) packs, \(ByteCount(Int64(checked.bytesRead)))\(opened)")
        }
        if result.isSound { try session.output.print("no errors") }
    }

    /// Nil where nothing is wrong.
    func failure(of place: String) -> Failure? {
        let count = result.errors.count
        guard count > 0 else { return nil }
        let what = count == 1 ? "1 error was found" : "\(count) errors were found"
        let touched = result.touchedSnapshots.sorted().map(\.short).joined(separator: ", ")
        return Failure(.damaged, what, place, touched.isEmpty ? "no snapshot is touched" : "snapshots touched: \(touched)")
    }

    var json: JSONObject {
        let checked = result.checked
        return [
            "message_type": "summary",
            "errors": .array(
                result.errors.map { error in
                    .object([
                        "object": .string(error.object), "kind": .string(error.kind.rawValue), "message": .string(error.message),
                    ])
                }),
            "checked": .object([
                "snapshots": .integer(Int64(checked.snapshots)), "skipped": .integer(Int64(checked.skipped)),
                "open": .integer(Int64(checked.open)), "packs": .integer(Int64(checked.packs)),
                "packs_read": .integer(Int64(checked.packsRead)), "bytes_read": .integer(Int64(checked.bytesRead)),
                "files": .integer(Int64(checked.files)), "chunks": .integer(Int64(checked.chunks)),
                "strays": .integer(Int64(checked.strays)),
            ]),
            "damaged": .array(result.damagedSnapshots.keys.sorted().map { .text($0) }),
            "accepted": .array(result.accepted.map { .string("\($0)") }), "opened": .bool(isOpened),
            "surveys": .array(repair.findings.map { .object(RepairReport.json($0)) }), "recorded": .bool(repair.isRecorded),
        ]
    }
}
