import Holdfast
import HoldfastModel

/// The answer to "can I delete these CMKs?" for a reader who must know what to do next (`docs/RETENTION.md`, section 3.4).
struct DeletionText {
    private static let shownBlockers = 10

    let report: DeletionReport
    /// Show every blocker.
    let isComplete: Bool

    private var names: String { report.verdict.cmks.sorted().map(\.uri).joined(separator: ", ") }

    var lines: [String] {
        var lines = [headline]
        lines += blockers
        lines += report.verdict.unknowns.map { "  could not be read: \(Self.place($0)) \($0.why)" }
        lines += report.failures.map { "  not opened without them: \($0.cluster)  \($0.snapshot.short)  \($0.why)" }
        lines += report.verdict.lost.map { "  lost already: \($0.cluster)  \($0.id.short): nothing opens it any more" }
        lines += advice
        for (cmk, verdict) in report.alone.sorted(by: { $0.key < $1.key }) {
            lines.append("\(cmk) alone: \(Self.word(verdict))")
        }
        return lines + [ReadCountsText.line(report.read, report.asOf)]
    }

    private var headline: String {
        switch report.verdict.answer {
        case .safeForGood:
            report.isProven
                ? "Safe for good: \(names) can be deleted." : "Clear, as far as the store tells: nothing needs \(names)."
        case .safeNow: "Safe now, but not retired: a new snapshot could still use \(names)."
        case .unknown: "Unknown, so do not delete: \(names)."
        case .blocked: Self.notYet(names, report.verdict.when)
        }
    }

    private static func notYet(_ names: String, _ when: DeletionVerdict.When?) -> String {
        let date = when?.date.map { "\($0.toTheMinute) UTC" } ?? ""
        return switch when?.kind {
        case .exact: "Not yet: \(names) is needed until \(date) (exact)."
        case .projected: "Not yet: \(names) is needed until about \(date), if backups run as scheduled."
        case .notBefore:
            "Not yet: \(names) is needed, not before \(date.isEmpty ? "a date that is not known" : date); part could not be read."
        case .waiting, nil: "Not yet: no date: \(names) is in use."
        case .never: "Never, unless something changes: \(names) is needed."
        }
    }

    /// The latest dates first.
    private var blockers: [String] {
        let sorted = report.verdict.blockers.sorted {
            ($0.departure.date?.seconds ?? .max, $1.id) > ($1.departure.date?.seconds ?? .max, $0.id)
        }
        let shown = isComplete ? sorted : Array(sorted.prefix(Self.shownBlockers))
        let rest = sorted.count - shown.count
        return shown.map(Self.line) + (rest > 0 ? ["  and \(rest) more (--all)"] : [])
    }

    static func line(_ blocker: DeletionVerdict.Blocker) -> String {
        switch blocker.type {
        case .active: "  \(blocker.cluster)  \(blocker.id) is active there: rotate first"
        case .recovery: "  \(blocker.cluster)  \(blocker.id) is a recovery CMK there: take it out of recovery: first"
        case .pin:
            "  \(blocker.cluster)  \(blocker.id.prefix(8))  is in progress and may still use it: let it finish, or: holdfast unlock"
        case .snapshot, .trash: "  \(blocker.cluster)  \(blocker.id.prefix(8))  \(departure(blocker))"
        }
    }

    private static func departure(_ blocker: DeletionVerdict.Blocker) -> String {
        let expiry = blocker.expires.map { "expires \($0.toTheMinute)" } ?? "has no expiry"
        guard let date = blocker.departure.date else {
            return switch blocker.departure.why {
            case "hold": "is held: never, while the hold stays"
            case "no-rule": "\(expiry): never, until: holdfast snapshots expire, or forget"
            default: "\(expiry), and is kept as the newest of its source: take a new snapshot first"
            }
        }
        return blocker.type == .trash
            ? "in the trash until \(date.toTheMinute)" : "\(expiry), leaves the trash \(date.toTheMinute)"
    }

    private var advice: [String] {
        switch report.verdict.answer {
        case .safeForGood where report.isProven: return ["  holdfast keys delete \(deleteArguments)"]
        case .safeForGood: return ["  To prove it: holdfast keys check --prove \(deleteArguments)"]
        case .safeNow: return report.verdict.cmks.sorted().map { "  First: holdfast keys retire \($0)" }
        case .blocked where report.verdict.when?.kind == .exact:
            return ["  A hold or an extension would move the date; so would a prune that does not run."]
        case .blocked, .unknown: return []
        }
    }

    private var deleteArguments: String { report.verdict.cmks.sorted().map(\.uri).joined(separator: " ") }

    private static func place(_ unknown: DeletionVerdict.Unknown) -> String {
        [unknown.cluster, unknown.type.rawValue, unknown.id].compactMap(\.self).joined(separator: "  ")
    }

    static func word(_ verdict: DeletionVerdict) -> String {
        switch verdict.answer {
        case .safeForGood: "clear"
        case .safeNow: "safe now, but not retired"
        case .unknown: "unknown"
        case .blocked: verdict.when?.date.map { "needed until \($0.toTheMinute) UTC" } ?? "needed, with no date"
        }
    }
}
