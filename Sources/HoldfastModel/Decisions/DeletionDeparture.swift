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
    /// When a snapshot goes (`docs/RETENTION.md`, section 2). What only a new snapshot releases from the guard is projected to the
    /// latest time at which a schedule takes one; count rules have no date here.
    package func departure(of snapshot: ProjectReading.Snapshot, now: Timestamp) -> DeletionDeparture {
        if !snapshot.holds.isEmpty { return .never("hold") }
        if let purgeAfter = snapshot.purgeAfter {
            return DeletionDeparture(date: max(purgeAfter, now), certainty: .exact, why: "trash")
        }
        guard let expires = snapshot.expires else { return .never(retention.hasKeepRules ? "no-new-snapshots" : "no-rule") }
        let due = max(now, expires, snapshot.time)
        let (released, isWritten) = release(of: snapshot, now: now)
        guard let released else { return .never("no-new-snapshots") }
        let isExact = isWritten && released <= due
        return DeletionDeparture(
            date: retention.grace.after(max(due, released)), certainty: isExact ? .exact : .projected,
            why: isExact ? "expiry" : "guard")
    }

    /// From when on the guard lets a snapshot go: when enough good ones of its group are newer and not dated in the future.
    /// `isWritten`: all of those exist already.
    private func release(of snapshot: ProjectReading.Snapshot, now: Timestamp) -> (date: Timestamp?, isWritten: Bool) {
        guard retention.isBackupOn, retention.keepMin > 0, isGood(snapshot) else { return (now, true) }
        let newer = snapshots.filter {
            $0.group == snapshot.group && isGood($0) && ($0.time, $0.id) > (snapshot.time, snapshot.id)
        }
        let times = newer.map(\.time).sorted()
        if times.count >= retention.keepMin { return (max(now, times[retention.keepMin - 1]), true) }
        guard let interval = retention.interval else { return (nil, false) }
        return (max(now, times.last ?? now) + Int64(retention.keepMin - times.count) * interval, false)
    }

    /// Counted by the guard. Whether it is dated in the future is the caller's to weigh.
    private func isGood(_ snapshot: ProjectReading.Snapshot) -> Bool {
        let deleted = latestKeyLog?.deleted ?? []
        return snapshot.purgeAfter == nil && snapshot.problem == nil && !snapshot.isDamaged
            && snapshot.envelopes.contains { !deleted.contains($0) }
    }
}
