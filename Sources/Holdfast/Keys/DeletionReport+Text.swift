import HoldfastModel

/// As people read it (`docs/RETENTION.md`, section 3.4): the answer first, then what stands in the way, then what was read.
extension DeletionReport {
    private static let blockersShown = 10

    /// The lines of the answer; `all`: every blocker, however many.
    package func lines(all: Bool = false) -> [String] {
        let names = verdict.cmks.names
        return [verdict.firstLine(names, isProven: isProven, advice)]
            + blockerLines(names, all: all)
            + verdict.unknowns.map { "  could not be read: \($0.line)" }
            + failures.map { "  could not be opened without \(names): \($0.cluster)  \($0.snapshot.short)  \($0.why)" }
            + verdict.lost.map { "  lost already, nothing opens it: \($0.cluster)  \($0.id.short)" }
            + nextSteps
            + alone.sorted { $0.key < $1.key }.map { "\($0.uri) alone: \($1.answer.words)" }
            + ["Read: \(read.line); \(asOf.toTheMinute) UTC."]
    }

    /// What `keys check` answers a script: only 0 invites it to delete.
    package var exitCode: Int32 {
        switch verdict.answer {
        case .blocked: 20
        case .unknown: 21
        case .safeNow: 22
        case .safeForGood: isProven ? 0 : 22
        }
    }

    private var advice: String {
        let uris = verdict.cmks.sorted().map(\.shellWord).joined(separator: " ")
        switch verdict.answer {
        case .safeForGood: return isProven ? "holdfast keys delete \(uris)" : "holdfast keys check \(uris) --prove"
        case .safeNow: return verdict.cmks.sorted().map { "holdfast keys retire \($0.shellWord)" }.joined(separator: "; ")
        case .blocked, .unknown: return ""
        }
    }

    private func blockerLines(_ names: String, all: Bool) -> [String] {
        let blockers = verdict.blockers.sorted {
            ($0.departure.date?.seconds ?? .max, $1.id) > ($1.departure.date?.seconds ?? .max, $0.id)
        }
        let snapshots = blockers.filter { $0.snapshot != nil }
        let count = snapshots.count == 1 ? "1 snapshot opens" : "\(snapshots.count) snapshots open"
        let shown = all ? blockers : Array(blockers.prefix(Self.blockersShown))
        var lines = shown.filter { $0.snapshot == nil }.map { "  \($0.line(asOf))" }
        if !snapshots.isEmpty { lines.append("  \(count) with \(names) alone:") }
        lines += shown.filter { $0.snapshot != nil }.map { "    \($0.line(asOf))" }
        if shown.count < blockers.count { lines.append("    and \(blockers.count - shown.count) more (--all)") }
        return lines
    }

    private var nextSteps: [String] {
        let snapshots = verdict.blockers.compactMap(\.snapshot)
        guard !snapshots.isEmpty else { return [] }
        var steps: [String] = []
        if verdict.when?.kind == .exact {
            steps.append("  A hold or an extension would move the date; so would a prune that does not run.")
        }
        let rewrapped = snapshots.count { !$0.laterEnvelopes.isEmpty }
        if rewrapped > 0, !isProven {
            steps.append("  \(rewrapped) of them were rewrapped; that counts once they are opened: add --prove")
        }
        if rewrapped < snapshots.count, let target = activeCMK {
            steps += verdict.cmks.sorted().map {
                "  To be done sooner: holdfast keys rewrap --from \($0.shellWord) --to \(target.shellWord)"
            }
        }
        return steps
    }
}

extension DeletionVerdict {
    /// The first words of each answer are fixed: people and scripts look for them.
    fileprivate func firstLine(_ names: String, isProven: Bool, _ advice: String) -> String {
        let verb = cmks.count == 1 ? "is" : "are"
        let date = when?.date.map { "\($0.toTheMinute) UTC" } ?? "now"
        switch (answer, when?.kind) {
        case (.safeForGood, _) where isProven:
            return "Safe for good: every snapshot opens without \(names), proven. To delete: \(advice)"
        case (.safeForGood, _):
            return "Clear, as far as the store tells: nothing needs \(names). To prove it: \(advice)"
        case (.safeNow, _): return "Safe now, but not retired: a new snapshot could still use \(names). First: \(advice)"
        case (.unknown, _): return "Unknown, so do not delete: part of what could need \(names) could not be read."
        case (.blocked, .exact): return "Not yet: \(names) \(verb) needed until \(date) (exact)."
        case (.blocked, .projected):
            return "Not yet: \(names) \(verb) needed until about \(date), if backups run as scheduled."
        case (.blocked, .notBefore): return "Not yet: \(names) \(verb) needed, not before \(date); part could not be read."
        case (.blocked, .waiting): return "Not yet: no date: \(reasons(.waiting))."
        case (.blocked, _): return "Never, unless \(reasons(.never)): until then \(names) \(verb) needed."
        }
    }

    private func reasons(_ certainty: DeletionDeparture.Certainty) -> String {
        let departures = Set(blockers.map(\.departure).filter { $0.certainty == certainty })
        return departures.map(\.condition).sorted().joined(separator: ", and ")
    }
}

extension DeletionVerdict.Answer {
    fileprivate var words: String {
        switch self {
        case .blocked: "not yet"
        case .unknown: "unknown, so do not delete"
        case .safeForGood: "safe for good"
        case .safeNow: "safe now, but not retired"
        }
    }
}

extension DeletionDeparture {
    /// What has to happen where there is no date.
    fileprivate var condition: String {
        switch why {
        case "hold": "the hold is released"
        case "no-rule": "an expiry is set: holdfast snapshots expire"
        case "no-new-snapshots": "new snapshots are taken"
        case "rotate": "it is active: rotate first"
        case "unconfigure": "it is a recovery CMK: take it out of recovery: first"
        case "in-progress": "a snapshot in progress may still need it: let it end, or fence it with holdfast prune"
        default: "the policy is changed"
        }
    }
}

extension DeletionVerdict.Blocker {
    /// One line of a list: where it is, what it is, until when.
    func line(_ now: Timestamp) -> String {
        switch type {
        case .active: "\(cluster)  \(id) is active"
        case .recovery: "\(cluster)  \(id) is a recovery CMK"
        case .pin: "\(cluster)  \(id.prefix(8))  in progress"
        case .snapshot, .trash: "\(cluster)  \(id.prefix(8))  \(snapshot?.label ?? "")  \(until(now))"
        }
    }

    func until(_ now: Timestamp) -> String {
        guard let date = departure.date else {
            return departure.why == "hold" ? "held by \((snapshot?.holds ?? []).sorted().joined(separator: ", "))" : departure.why
        }
        if type == .trash {
            return date <= now ? "its time in the trash is over: holdfast prune" : "leaves the trash \(date.date)"
        }
        let expiry = (snapshot?.expires).map { "expires \($0.date), " } ?? ""
        return "\(expiry)leaves the trash \(date.date)"
    }
}

extension DeletionVerdict.Unknown {
    var line: String { "\(cluster.map { "\($0)  " } ?? "")\(type.rawValue) \(id.prefix(8)): \(why)" }
}

extension ReadCounts {
    package var line: String {
        "\(repositoriesRead) of \(repositoryCount) repositories, \(snapshotCount) snapshots, \(openSnapshotCount) in progress, "
            + "\(cmksAnswered) of \(cmkCount) CMKs answered"
    }
}

extension Set<CMK> {
    fileprivate var names: String { sorted().map(\.uri).joined(separator: ", ") }
}
