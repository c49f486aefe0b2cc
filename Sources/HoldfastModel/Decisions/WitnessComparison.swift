/// Holds a sighting of the repository against what this machine remembers: what is an alarm, and what to remember next
/// (`docs/PROTOCOL.md`, section 8, ruling 3).
///
/// What an alarm is about stays remembered as it was, so the alarm comes again until it is accepted or the repository is
/// as it was; everything else moves on. Where the key log is an alarm, dates do not: a promise may have been taken out of it.
/// A purge that runs while the logs are listed can look like a shortened log: whoever acts on an alarm looks at that snapshot's
/// start record once more (ruling 8).
package struct WitnessComparison: Hashable, Sendable {
    /// One memory that moves on. It is applied only where the witness still says `before`.
    package struct Change<Memory: Hashable & Sendable>: Hashable, Sendable {
        package let before: Memory
        package let after: Memory

        package init(before: Memory, after: Memory) {
            self.before = before
            self.after = after
        }
    }

    package private(set) var alarms: [WitnessAlarm] = []
    /// What would be alarms, and was accepted: what is there instead is remembered.
    package private(set) var accepted: [WitnessAlarm] = []
    package private(set) var keyLogChange: Change<WitnessedKeyLog>?
    /// By snapshot; nil before: not known yet; nil after: gone, and rightly.
    package private(set) var snapshotChanges: [SnapshotID: Change<WitnessedSnapshot?>] = [:]

    /// There is something to remember.
    package var hasChanges: Bool { keyLogChange != nil || !snapshotChanges.isEmpty }

    /// - Parameters:
    ///   - now: the store's clock, or a time given by hand.
    ///   - localTime: this machine's clock; nil: `now` is. What was made before it was made in its time, and is missed by the earlier
    ///     of the two: no time that is given makes rightly gone what is not yet due. What was made later is missed by `now`. Nothing
    ///     is forgotten but by the earlier: who asks what will be is not to make this machine forget what it has seen.
    ///   - accepting: what a user calls right as this sighting shows it; no later one.
    package init(
        of memory: WitnessMemory, with sighting: WitnessSighting, at now: Timestamp, localTime: Timestamp? = nil,
        accepting: Set<WitnessSubject> = []
    ) {
        guard memory.repository == sighting.repository else {
            alarms = [.repositoryChanged(was: memory.repository, now: sighting.repository)]
            return
        }
        compare(memory.keyLog, with: sighting.keyLogSums, isAccepting: accepting.contains(.keyLog))
        let empty = SnapshotComparison(
            now: now, localTime: localTime ?? now, isKeyLogRight: alarms.isEmpty, accepting: accepting,
            promised: memory.promised(beside: sighting, at: now))
        var comparisons = sighting.snapshots.concurrentRuns { run in
            var comparison = empty
            for snapshot in sighting.snapshots[run] { comparison.compare(memory.snapshots[snapshot.id], with: snapshot) }
            return comparison
        }
        // Nearly always all that is remembered was seen: then nothing else is to be looked for.
        if comparisons.map(\.rememberedCount).reduce(0, +) < memory.snapshots.count {
            let seen = Set(sighting.snapshots.map(\.id))
            var comparison = empty
            for (id, before) in memory.snapshots where !seen.contains(id) { comparison.compare(before, with: nil) }
            comparisons.append(comparison)
        }
        alarms += comparisons.flatMap(\.alarms).sorted { $0.subject < $1.subject }.map(\.alarm)
        accepted += comparisons.flatMap(\.accepted).sorted { $0.subject < $1.subject }.map(\.alarm)
        for comparison in comparisons { snapshotChanges.merge(comparison.changes) { first, _ in first } }
    }

    private mutating func compare(_ before: WitnessedKeyLog, with sums: [Digest], isAccepting: Bool) {
        if let alarm = before.alarm(with: sums) {
            guard isAccepting else { return alarms.append(alarm) }
            accepted.append(alarm)
        }
        let after = WitnessedKeyLog(of: sums)
        if after != before { keyLogChange = Change(before: before, after: after) }
    }
}

/// Some snapshots held against what is remembered of them.
private struct SnapshotComparison: Sendable {
    let now: Timestamp
    let localTime: Timestamp
    let isKeyLogRight: Bool
    let accepting: Set<WitnessSubject>
    let promised: Set<SnapshotID>
    private(set) var alarms: [(subject: SnapshotID, alarm: WitnessAlarm)] = []
    private(set) var accepted: [(subject: SnapshotID, alarm: WitnessAlarm)] = []
    private(set) var changes: [SnapshotID: WitnessComparison.Change<WitnessedSnapshot?>] = [:]
    /// How many of them were remembered.
    private(set) var rememberedCount = 0

    init(
        now: Timestamp, localTime: Timestamp, isKeyLogRight: Bool, accepting: Set<WitnessSubject>, promised: Set<SnapshotID>
    ) {
        self.now = now
        self.localTime = localTime
        self.isKeyLogRight = isKeyLogRight
        self.accepting = accepting
        self.promised = promised
    }

    private var earlier: Timestamp { min(now, localTime) }

    /// `before`: nil where it is not known yet; `seen`: nil where it is gone. Where nothing is wrong, what changed moves on.
    mutating func compare(_ before: WitnessedSnapshot?, with seen: SeenSnapshot?) {
        guard let before else {
            if let seen, let after = seen.firstMemory { changes[seen.id] = .init(before: nil, after: after) }
            return
        }
        rememberedCount += 1
        let instant = before.time > localTime ? now : earlier
        if let alarm = before.alarm(with: seen, at: instant, isPromised: promised.contains(before.id)) {
            guard accepting.contains(.snapshot(before.id)) else { return alarms.append((before.id, alarm)) }
            accepted.append((before.id, alarm))
        } else {
            let mayBeForgotten = before.sum == nil || before.mayBeGone(at: earlier)
            guard isKeyLogRight, seen?.hasStart == true || mayBeForgotten else { return }
        }
        let after = before.memory(after: seen)
        if after != before { changes[before.id] = .init(before: before, after: after) }
    }
}

extension WitnessedSnapshot {
    /// What is wrong with `seen`, given this memory; nil for what the protocol allows. `isPromised`: no date of its own lets it go.
    fileprivate func alarm(with seen: SeenSnapshot?, at now: Timestamp, isPromised: Bool) -> WitnessAlarm? {
        let isExpectedToGo = sum == nil || mayBeGone(at: now) || seen?.mayBeGone(at: now) == true
        guard let seen, seen.hasStart else {
            if let seen, outlivesStart(seen), !isCondemned { return .startGone(id) }
            return isExpectedToGo && !isPromised ? nil : .snapshotGone(id)
        }
        // A deletion is only ever decided of what was condemned before: this one was not asked for by any pruner.
        if seen.isDeleting, !isExpectedToGo { return .snapshotGone(id) }
        if let alarm = outcomeAlarm(with: seen.outcome) { return alarm }
        return seen.logLength < logLength ? .logShortened(id, was: logLength, now: seen.logLength) : nil
    }

    /// A purge takes the manifest right after the start record: one that stands by itself, as this machine knows it or beyond reading, was
    /// never purged, however long it is due.
    private func outlivesStart(_ seen: SeenSnapshot) -> Bool {
        switch seen.outcome {
        case .manifest(let now): now == sum
        case .unreadable: sum != nil
        case .none, .aborted: false
        }
    }

    /// Number 1 is created once: neither a manifest nor *aborted* ever changes, or goes before the start record does.
    private func outcomeAlarm(with outcome: SeenSnapshot.Outcome) -> WitnessAlarm? {
        guard sum != nil || state == .aborted else { return nil }
        switch outcome {
        case .none: return .manifestGone(id)
        case .manifest(let now): return now == sum ? nil : .manifestChanged(id, was: sum, now: now)
        case .aborted: return sum == nil ? nil : .manifestChanged(id, was: sum, now: nil)
        case .unreadable: return nil
        }
    }

    /// What to remember once `seen` is found right, or was accepted; nil: nothing more.
    fileprivate func memory(after seen: SeenSnapshot?) -> WitnessedSnapshot? {
        guard let seen, seen.hasStart else { return isYetToStart ? self : nil }
        var after = self
        after.logLength = seen.logLength
        after.isCondemned = seen.isCondemned
        switch seen.outcome {
        case .unreadable: if seen.isCondemned { after.expires = seen.expires }
        case .none:
            guard state == .started else { return nil }
            after.sum = nil
        case .aborted: (after.state, after.sum, after.isCommittedHere) = (.aborted, nil, false)
        case .manifest(let sum): after.adopt(sum, of: seen)
        }
        // Rightly, or accepted: it may go at any time.
        if seen.isDeleting { (after.isCondemned, after.expires) = (true, nil) }
        return after
    }

    /// A start of this node stays open until its writer has opened what stands there: a manifest may be anybody's.
    private mutating func adopt(_ sum: Digest, of seen: SeenSnapshot) {
        if sum != self.sum { isCommittedHere = false }
        if state == .aborted { state = .committed }
        self.sum = sum
        time = seen.time
        expires = seen.expires
    }

    /// It is remembered before its start record is created, so absence says nothing yet.
    private var isYetToStart: Bool { state == .started && sum == nil }
}

extension SeenSnapshot {
    /// Whether what is still to be read of it says that it was to go.
    fileprivate func mayBeGone(at now: Timestamp) -> Bool {
        WitnessedSnapshot.mayBeGone(expires: expires, isCondemned: isCondemned, at: now)
    }

    /// What to remember of a snapshot that this machine sees for the first time: only what is committed can be missed.
    fileprivate var firstMemory: WitnessedSnapshot? {
        guard hasStart, !isDeleting, case .manifest(let sum) = outcome else { return nil }
        return WitnessedSnapshot(
            id: id, cluster: cluster, node: node, source: source, time: time, state: .committed, sum: sum,
            logLength: logLength, expires: expires, isCondemned: isCondemned)
    }
}
