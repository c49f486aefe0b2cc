import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast keys list`
struct KeysListCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Each CMK: its state, what is under it, and when it will be free.",
        discussion: """
            Example: holdfast keys list

            Needs no passphrase. "snapshots" has each snapshot under every CMK that opens it; "new bytes" is what they stored \
            anew, since what they share with earlier ones is counted there; "free" is when nothing needs the CMK any more. \
            Exit 21 where something could not be read. --notes has a line below for what AWS KMS tells of each CMK's last use and of \
            its material: three requests each, and no answer rests on it.

            "state" is the last step that a key log shows: active, retired, announced (its deletion is), scheduled, deleted; \
            inactive (superseded, a recovery CMK, or never used), or unknown where a key log could not be read.

            JSON: an array of {uri, label, state, manager_state, snapshots and bytes (the new ones; null where a repository could \
            not be read), first, last, active_since, deletion_date, free: {kind, date} or null}; with --notes \
            also last_used, automatic_rotation, notes[].
            """)

    @Flag(help: "Ask the key managers for last uses and automatic rotations as well.")
    var notes = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let survey = await ReadProject(try await project.repositories(), keys: project.keys).glance(at: session.now)
        let inventory = KeyInventory(survey)
        let (rows, unknowns) = (inventory.rows, inventory.unknowns)
        for silence in inventory.silences { session.note("no answer from a key manager: \(Table.printable(silence))") }
        for unknown in unknowns { session.note("could not be read: \(Table.printable(unknown.line))") }
        let status = unknowns.isEmpty ? ExitStatus.done : .unknown
        let answering = rows.filter { ![.unreachable, .deleted].contains($0.managerState) }.map(\.cmk)
        let told = notes ? await project.keys.notes(on: answering) : [:]
        if session.options.isJSON {
            try session.output.print(
                rows.map { row in
                    .object(notes ? Self.encode(row).noting(told[row.cmk] ?? KeyNotes()) : Self.encode(row))
                })
            return status
        }
        var table = Table([
            ("CMK", .left), ("label", .left), ("state", .left), ("manager", .left), ("snapshots", .right),
            ("new bytes", .right), ("first", .left), ("last", .left), ("free", .left),
        ])
        for row in rows {
            table.add([
                row.cmk.uri, row.label, row.state.rawValue, row.managerState.rawValue,
                row.snapshotCount.map { "\($0)" } ?? "unknown", row.byteCount.map { "\(ByteCount($0))" } ?? "unknown",
                row.first?.toTheMinute ?? "", row.last?.toTheMinute ?? "",
                Self.word(row),
            ])
        }
        for line in table.lines { try session.output.print(line) }
        for line in told.lines { try session.output.print(Table.printable(line)) }
        return status
    }

    private static func encode(_ row: KeyInventory.Row) -> JSONObject {
        [
            "uri": .text(row.cmk), "label": .string(row.label), "state": .string(row.state.rawValue),
            "manager_state": .string(row.managerState.rawValue),
            "snapshots": row.snapshotCount.map { .integer(Int64($0)) } ?? .null,
            "bytes": row.byteCount.map { .count($0) } ?? .null,
            "first": .text(row.first), "last": .text(row.last), "active_since": .text(row.activeSince),
            "deletion_date": .text(row.deletion?.date),
            "free": row.free.map { .object(["kind": .string($0.kind.rawValue), "date": .text($0.date)]) } ?? .null,
        ]
    }

    private static func until(_ when: DeletionVerdict.When?) -> String {
        let date = when?.date.map { "\($0.toTheMinute) UTC" } ?? "no date"
        switch when?.kind {
        case .exact: return date
        case .projected: return "about \(date)"
        case .notBefore: return "not before \(date)"
        case .waiting: return "no date"
        case .never, nil: return "never, as things stand"
        }
    }

    private static func word(_ row: KeyInventory.Row) -> String {
        if row.managerState == .deleted { return "gone" }
        if let deletion = row.deletion, row.verdict.isSafe || deletion.isOverdue {
            return deletion.isOverdue ? "\(deletion.words): holdfast keys audit" : "\(deletion.words)"
        }
        switch row.verdict.answer {
        case .safeForGood: return "now, once proven"
        case .safeNow: return "now, once retired and proven"
        case .unknown: return "unknown"
        case .blocked: return until(row.free)
        }
    }
}
