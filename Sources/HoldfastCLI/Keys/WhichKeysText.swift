import Holdfast
import HoldfastModel

/// The answer to "which can I delete?": the answer first, keys in use last.
struct WhichKeysText {
    let report: WhichKeysReport

    var lines: [String] {
        deletable + conflicts + notYet + inUse + unknowns + [ReadCountsText.line(report.read, report.asOf)]
    }

    private var deletable: [String] {
        let together = report.answer.together
        guard !together.isEmpty else { return ["No key can be deleted now."] }
        let count = together.count == 1 ? "1 key" : "\(together.count) keys"
        return ["You can delete \(count) now, once proven:"]
            + together.map { cmk in
                let retired = report.retiredAt[cmk].map { "retired \($0.date)" } ?? "not retired: holdfast keys retire \(cmk)"
                return "  \(cmk)   \(retired)   holdfast keys delete \(cmk)"
            }
    }

    private var conflicts: [String] {
        report.answer.conflicts.map { conflict in
            let keys = conflict.keepOneOf.map(\.uri).joined(separator: ", ")
            let snapshots = conflict.snapshots.map { "\($0.id.prefix(8)) (\($0.cluster))" }.joined(separator: ", ")
            return "Not together: keep one of \(keys) while \(snapshots) is there."
        }
    }

    private var notYet: [String] {
        let rows = report.answer.alone.filter { !$0.value.isSafe && !report.answer.inUse.contains($0.key) }
        guard !rows.isEmpty else { return [] }
        return ["Not yet:"]
            + rows.sorted { $0.key < $1.key }.map { cmk, verdict in
                let count = verdict.blockers.count == 1 ? "1 snapshot" : "\(verdict.blockers.count) snapshots"
                return "  \(cmk)   \(verdict.answer == .unknown ? "" : "\(count)   ")\(DeletionText.word(verdict))"
            }
    }

    private var inUse: [String] {
        guard !report.answer.inUse.isEmpty else { return [] }
        return ["In use:"]
            + report.answer.inUse.sorted().map { cmk in
                let clusters = report.answer.alone[cmk]?.blockers.filter { $0.type == .active || $0.type == .recovery }
                let places = Set((clusters ?? []).map { "\($0.type.rawValue) in \($0.cluster)" }).sorted()
                return "  \(cmk)   \(places.joined(separator: ", "))"
            }
    }

    private var unknowns: [String] {
        report.answer.unknowns.map { unknown in
            let place = [unknown.cluster, unknown.type.rawValue, unknown.id].compactMap(\.self).joined(separator: "  ")
            return "Could not be read: \(place)  \(unknown.why)"
        }
    }
}
