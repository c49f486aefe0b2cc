import HoldfastModel

/// What its reader can do next.
extension DeletionReport {
    /// As lines below the findings.
    var nextSteps: [String] {
        (disabling + snapshotSteps + blockerSteps + verdict.unknowns.flatMap(\.remedies) + proofSteps).unique.map { "  \($0)" }
    }

    private var disabling: [String] {
        guard invitesDeletion else { return [] }
        return enabled.sorted().map {
            "Before that, for a while, and taken back in seconds: holdfast keys disable \($0.shellWord)"
        }
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
            steps += Set(verdict.blockers.filter { $0.snapshot != nil }.flatMap(\.keys)).sorted().map {
                "To be done sooner: holdfast keys rewrap --from \($0.shellWord) --to \(target.shellWord)"
            }
        }
        return steps
    }

    /// One for each kind of act and cluster, however many snapshots wait for it.
    private var blockerSteps: [String] {
        let waiting = Dictionary(grouping: verdict.blockers) { Act($0, at: asOf) }
        return waiting.keys.compactMap(\.self).sorted().compactMap { act in waiting[act].map { act.step(for: $0) } }
    }

    private var proofSteps: [String] {
        Set(unexplained.map(\.cluster)).sorted().map {
            "To find out why: holdfast check --read-data --cluster \(ShellWord.quoted($0))"
        }
    }
}

/// What a blocker that goes by no date of its own waits for.
private struct Act: Hashable, Comparable {
    enum Kind: Int { case rotate, unconfigure, unlock, prune, confirm, release, expire, forget }

    let kind: Kind
    let cluster: String

    /// Nil where time is all that is needed, or nothing can be done but a rewrap.
    init?(_ blocker: DeletionVerdict.Blocker, at now: Timestamp) {
        switch (blocker.type, blocker.departure.why) {
        case (.active, _): kind = .rotate
        case (.recovery, _): kind = .unconfigure
        case (.pin, _): kind = .unlock
        case (_, "hold"): kind = .release
        case (.trash, _) where blocker.departure.date.map { $0 <= now } == true: kind = .prune
        case (_, "no-rule") where blocker.snapshot?.isEndless == true: return nil
        case (_, "confirm"): kind = .confirm
        // The guard holds it, whatever its date.
        case (_, "no-new-snapshots") where blocker.snapshot?.expires != nil: kind = .forget
        case (_, "no-rule"), (_, "no-new-snapshots"), (_, "tags"): kind = .expire
        default: return nil
        }
        // These are done for all clusters at once.
        cluster = kind == .rotate || kind == .unconfigure ? "" : blocker.cluster
    }

    static func < (a: Self, b: Self) -> Bool { (a.kind.rawValue, a.cluster) < (b.kind.rawValue, b.cluster) }

    func step(for blockers: [DeletionVerdict.Blocker]) -> String {
        let place = "--cluster \(ShellWord.quoted(cluster))"
        let ids = Self.some(blockers.map { String($0.id.prefix(8)) })
        switch kind {
        case .rotate: return "To rotate: holdfast keys rotate --to URI, with a new one from holdfast keys create"
        case .unconfigure:
            let cmks = Set(blockers.map(\.id)).sorted().map { "holdfast keys retire \(ShellWord.quoted($0))" }
            return "To use it no more: take it out of recovery: in the project file, then \(cmks.joined(separator: "; "))"
        case .unlock: return "If its writer is dead: holdfast unlock \(ids) \(place); prune does it after a day of silence"
        case .prune: return "To purge what is over its time: holdfast prune \(place)"
        case .confirm:
            return
                "To see what prune asks about: holdfast prune \(place); to let it go when it is over its time: holdfast prune --yes \(place)"
        case .release:
            let names = Set(blockers.flatMap { $0.snapshot?.holds ?? [] }).sorted().map(ShellWord.quoted)
            return "To release a hold: holdfast hold release \(names.count == 1 ? names[0] : "NAME") \(place)"
        case .forget: return "If no more is taken of their source: holdfast forget \(ids) \(place)"
        case .expire: return "To give them an end: holdfast snapshots expire \(ids) --at DATE \(place)"
        }
    }

    private static func some(_ ids: [String]) -> String {
        ids.sorted().prefix(3).joined(separator: " ") + (ids.count > 3 ? " …" : "")
    }
}

extension [String] {
    /// Each once, where it stands first.
    fileprivate var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
