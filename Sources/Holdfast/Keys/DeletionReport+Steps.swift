import HoldfastModel

/// What its reader can do next.
extension DeletionReport {
    /// As lines below the findings.
    var nextSteps: [String] {
        (snapshotSteps + blockerSteps + verdict.unknowns.flatMap(\.remedies) + proofSteps).unique.map { "  \($0)" }
    }

    private var snapshotSteps: [String] {
        let snapshots = verdict.blockers.compactMap(\.snapshot)
        guard !snapshots.isEmpty else { return [] }
        var steps: [String] = []
        if verdict.when?.kind == .exact {
            steps.append("A hold or an extension would move the date; so would a prune that does not run.")
        }
        let rewrapped = snapshots.count { !$0.laterEnvelopes.isEmpty }
        if rewrapped > 0, !isTried {
            let which = rewrapped == 1 ? "1 of them was" : "\(rewrapped) of them were"
            steps.append("\(which) rewrapped; that counts once it is opened: add --prove")
        }
        if rewrapped < snapshots.count, let target = activeCMK {
            steps += verdict.cmks.sorted().map { "To be done sooner: holdfast keys rewrap --from \($0) --to \(target)" }
        }
        return steps
    }

    private var blockerSteps: [String] { verdict.blockers.compactMap { $0.step(asOf) } }

    private var proofSteps: [String] {
        Set(unexplained.map(\.cluster)).sorted().map { "To find out why: holdfast check --read-data --cluster \($0)" }
    }
}

extension DeletionVerdict.Blocker {
    /// The act that it waits for, where there is one.
    fileprivate func step(_ now: Timestamp) -> String? {
        switch (type, departure.why) {
        case (.active, _): "To rotate: holdfast keys rotate --to URI, with a new one from holdfast keys create"
        case (.recovery, _): "To use it no more: take it out of recovery: in the project file, then holdfast keys retire \(id)"
        case (.pin, _):
            "If the writer of \(id.prefix(8)) is dead: holdfast unlock \(id.prefix(8)) --cluster \(cluster); prune does it after a day"
        case (.trash, _) where departure.date.map { $0 <= now } == true: "To purge it: holdfast prune --cluster \(cluster)"
        case (_, "hold"):
            (snapshot?.holds ?? []).sorted().first.map { "To release it: holdfast hold release \($0) --cluster \(cluster)" }
        case (_, "no-rule"), (_, "no-new-snapshots"), (_, "tags"):
            "To give it an end: holdfast snapshots expire \(id.prefix(8)) --at DATE --cluster \(cluster)"
        default: nil
        }
    }
}

extension [String] {
    /// Each once, where it stands first.
    fileprivate var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
