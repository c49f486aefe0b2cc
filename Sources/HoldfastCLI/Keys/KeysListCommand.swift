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

            Needs no passphrase. Exit 21 where something could not be read. JSON: an array of {uri, state, manager_state, snapshots, bytes, first, last, active_since, \
            free: {kind, date}}.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let survey = await ReadProject(try await project.repositories(), keys: project.keys).glance(at: session.now)
        let inventory = KeyInventory(survey)
        let (rows, unknowns) = (inventory.rows, inventory.unknowns)
        for unknown in unknowns { session.note("could not be read: \(Table.printable(unknown.line))") }
        let status = unknowns.isEmpty ? ExitStatus.done : .unknown
        if session.options.isJSON {
            try session.output.print(rows.map { .object(Self.encode($0)) })
            return status
        }
        var table = Table([
            ("CMK", .left), ("state", .left), ("manager", .left), ("snapshots", .right), ("stored", .right), ("first", .left),
            ("last", .left), ("free", .left),
        ])
        for row in rows {
            table.add([
                row.cmk.uri, row.state.rawValue, row.managerState.rawValue, "\(row.snapshotCount)",
                ByteCount(row.byteCount).description, row.first?.toTheMinute ?? "", row.last?.toTheMinute ?? "",
                Self.word(row),
            ])
        }
        for line in table.lines { try session.output.print(line) }
        return status
    }

    private static func encode(_ row: KeyInventory.Row) -> JSONObject {
        [
            "uri": .text(row.cmk), "state": .string(row.state.rawValue), "manager_state": .string(row.managerState.rawValue),
            "snapshots": .integer(Int64(row.snapshotCount)), "bytes": .integer(Int64(clamping: row.byteCount)),
            "first": .text(row.first), "last": .text(row.last), "active_since": .text(row.activeSince),
            "free": row.free.map { .object(["kind": .string($0.kind.rawValue), "date": .text($0.date)]) } ?? .null,
        ]
    }

    private static func until(_ when: DeletionVerdict.When?) -> String {
        let date = when?.date.map { "\($0.toTheMinute) UTC" } ?? "no date"
        switch when?.kind {
        case .exact: return date
        case .projected: return "about \(date)"
        case .notBefore: return "not before \(date)"
        case .waiting: return "in use"
        case .never, nil: return "never, as things stand"
        }
    }

    private static func word(_ row: KeyInventory.Row) -> String {
        switch row.managerState {
        case .deleted: return "gone"
        case .pendingDeletion where row.verdict.isSafe: return "to be deleted"
        default: break
        }
        switch row.verdict.answer {
        case .safeForGood: return "now, once proven"
        case .safeNow: return "now, once retired and proven"
        case .unknown: return "unknown"
        case .blocked: return until(row.free)
        }
    }
}
