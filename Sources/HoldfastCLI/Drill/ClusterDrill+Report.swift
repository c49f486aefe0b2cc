import Holdfast
import HoldfastFormat
import HoldfastModel

extension ClusterDrill {
    /// What the drill of a cluster has shown, as text, as JSON, and as it is remembered.
    struct Report: Sendable {
        let cluster: String
        let at: Timestamp
        let coversCluster: Bool
        var isDue = true
        var drilled: [Drilled] = []
        /// Of single snapshots too.
        private(set) var failures: [Failure] = []
        /// What each of them has shown.
        private(set) var outcomes: [DrillRecord.Outcome] = []
        /// What kept something of it from being shown.
        var outputError: OutputClosed?

        /// There was nothing to restore, and nothing went wrong.
        var isEmpty: Bool { drilled.isEmpty && failures.isEmpty }

        var record: DrillRecord {
            DrillRecord(
                at: at, coversCluster: coversCluster, outcome: outcome, message: failures.first?.what ?? "",
                turns: drilled.map(\.record))
        }

        mutating func add(_ failure: Failure, showing outcome: DrillRecord.Outcome) {
            failures.append(failure)
            outcomes.append(outcome)
        }

        private var outcome: DrillRecord.Outcome {
            outcomes.isEmpty ? .passed : outcomes.contains(.failed) ? .failed : .unfinished
        }

        var line: String {
            if !isDue { return "\(cluster): no drill is due here" }
            if isEmpty { return "\(cluster): has no snapshot that could be restored" }
            let record = record
            let (snapshots, cmks) = (record.turns.count { $0.outcome == .passed }, record.cmks.count)
            return
                "\(cluster): drill \(record.outcome.rawValue): \(snapshots) of \(record.turns.count) snapshots came back as they were, "
                + "\(record.files) files, \(ByteCount(record.bytes)), by \(cmks) \(cmks == 1 ? "CMK" : "CMKs")"
        }

        var json: JSONObject {
            let record = record
            return [
                "name": .string(cluster), "due": .bool(isDue),
                "outcome": isDue && !isEmpty ? .string(record.outcome.rawValue) : .null,
                "snapshots": .array(record.turns.map { .text($0.snapshot) }), "cmks": .array(record.cmks.map { .text($0) }),
                "files": .count(record.files), "bytes": .count(record.bytes),
                "failures": .array(failures.map { .object($0.json) }),
            ]
        }
    }
}

extension ExitStatus {
    /// What a drill that ends so has shown: that something does not restore, or nothing at all.
    var drillOutcome: DrillRecord.Outcome {
        switch self {
        case .done: .passed
        case .interrupted, .outputClosed, .lostRace, .noSpace, .usage, .noRepository, .passphrase, .keyManagerUnreachable:
            .unfinished
        default: .failed
        }
    }

    /// The same where it ends before any snapshot was opened: only damage has shown itself, or a CMK that is gone.
    var earlyDrillOutcome: DrillRecord.Outcome { self == .damaged || self == .cmkUnavailable ? .failed : .unfinished }
}
