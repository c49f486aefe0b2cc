/// When a snapshot will be gone, and how far that can be relied upon. It colours a "not yet"; no verdict reads it.
package struct DeletionDeparture: Hashable, Sendable {
    package enum Certainty: String, Hashable, Sendable {
        /// Follows from what is written already.
        case exact
        case projected
        /// An act or an event is needed first.
        case waiting
        /// There is no date.
        case never
    }

    package var date: Timestamp?
    package var certainty: Certainty
    /// A word of `docs/RETENTION.md`, section 6: `expiry`, `trash`, `hold` …
    package var why: String

    package init(date: Timestamp?, certainty: Certainty, why: String) {
        self.date = date
        self.certainty = certainty
        self.why = why
    }

    static func never(_ why: String) -> Self { Self(date: nil, certainty: .never, why: why) }
    static func waiting(_ why: String) -> Self { Self(date: nil, certainty: .waiting, why: why) }
}

extension ProjectReading.Cluster {
    /// When a snapshot goes if no new one is taken: simulation (a) of `docs/RETENTION.md`, section 2. What only a new snapshot
    /// would release, by the guard or by count rules, has no date here.
    package func departure(of snapshot: ProjectReading.Snapshot, now: Timestamp) -> DeletionDeparture {
        if !snapshot.holds.isEmpty { return .never("hold") }
        if let purgeAfter = snapshot.purgeAfter {
            return DeletionDeparture(date: max(purgeAfter, now), certainty: .exact, why: "trash")
        }
        guard let expires = snapshot.expires else { return .never(retention.hasKeepRules ? "no-new-snapshots" : "no-rule") }
        let due = max(now, expires, snapshot.time)
        guard let released = release(of: snapshot, now: now) else { return .never("no-new-snapshots") }
        let isGuarded = released > due
        return DeletionDeparture(
            date: retention.grace.after(max(due, released)), certainty: isGuarded ? .projected : .exact,
            why: isGuarded ? "guard" : "expiry")
    }

    /// From when on the guard lets a snapshot go: when enough good ones of its group are newer and not dated in the future.
    /// Nil where it never does.
    private func release(of snapshot: ProjectReading.Snapshot, now: Timestamp) -> Timestamp? {
        guard retention.isBackupOn, retention.keepMin > 0, isGood(snapshot) else { return now }
        let newer = snapshots.filter {
            $0.group == snapshot.group && isGood($0) && ($0.time, $0.id) > (snapshot.time, snapshot.id)
        }
        let times = newer.map(\.time).sorted()
        guard times.count >= retention.keepMin else { return nil }
        return max(now, times[retention.keepMin - 1])
    }

    /// Counted by the guard. Whether it is dated in the future is the caller's to weigh.
    private func isGood(_ snapshot: ProjectReading.Snapshot) -> Bool {
        let deleted = latestKeyLog?.deleted ?? []
        return snapshot.purgeAfter == nil && snapshot.problem == nil && !snapshot.isDamaged
            && snapshot.envelopes.contains { !deleted.contains($0) }
    }
}
