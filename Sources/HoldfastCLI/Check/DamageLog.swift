import FoundationEssentials
import Holdfast
import HoldfastFormat
import HoldfastModel
import Synchronization

/// What is not whole of damaged snapshots, entry by entry: every one as a line of JSON where that is wanted, and the first of each snapshot for
/// people.
final class DamageLog: Sendable {
    /// So many of a snapshot's are shown as text.
    static let shownCount = 20

    private struct State {
        var lines: [UInt8] = []
        var shown: [SnapshotID: [EntrySurvey]] = [:]
        var failure: OutputClosed?
    }

    private let session: Session
    private let keepsAll: Bool
    private let state = Mutex(State())

    /// `keepsAll`: for a report that is written in the end.
    init(_ session: Session, keepsAll: Bool) {
        self.session = session
        self.keepsAll = keepsAll
    }

    func add(_ entry: EntrySurvey, of snapshot: SnapshotID) {
        let line = session.options.isJSON || keepsAll ? Self.json(entry, of: snapshot) : nil
        state.withLock { state in
            if state.shown[snapshot, default: []].count < Self.shownCount { state.shown[snapshot, default: []].append(entry) }
            if keepsAll, let line { state.lines += line.serialized + [UInt8(ascii: "\n")] }
            guard session.options.isJSON, state.failure == nil, let line else { return }
            do throws(OutputClosed) { try session.output.printLater(line) } catch { state.failure = error }
        }
    }

    func shown(of snapshot: SnapshotID) -> [EntrySurvey] { state.withLock { $0.shown[snapshot] ?? [] } }

    /// Throws where a line could not be printed.
    func check() throws(OutputClosed) {
        if let failure = state.withLock(\.failure) { throw failure }
    }

    /// Writes all lines, and `summary` after them; why that could not be done.
    func write(_ summary: JSONObject, to path: String) -> Failure? {
        ReportFile.attempt(state.withLock(\.lines) + summary.serialized + [UInt8(ascii: "\n")], to: path)
    }

    private static func json(_ entry: EntrySurvey, of snapshot: SnapshotID) -> JSONObject {
        var object: JSONObject = ["message_type": "affected", "snapshot_id": .text(snapshot)]
        object.append(path: entry.entry.path)
        object.append("type", .string("\(entry.entry.kind)"))
        object.append("standing", .string(entry.standing.rawValue))
        object.append("size", .count(entry.entry.size))
        let ranges = entry.lostRanges.map { JSONValue.object(["from": .count($0.lowerBound), "until": .count($0.upperBound)]) }
        object.append("lost_ranges", .array(ranges))
        let names = entry.lostAttributes.map { JSONValue.string(String(decoding: $0, as: UTF8.self)) }
        object.append("lost_attributes", .array(names))
        return object
    }
}
