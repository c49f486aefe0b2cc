/// A snapshot that was taken: when, and which items of the schedule it served.
package struct ScheduledRun: Hashable, Sendable {
    package let time: Timestamp
    /// As headers spell them; none for a snapshot on demand.
    package let items: [String]

    package init(time: Timestamp, items: [String]) {
        self.time = time
        self.items = items
    }
}

/// Whether a source is due for a snapshot, and which items of the schedule it would serve (`docs/RETENTION.md`, section 1.1).
package struct DueRun: Hashable, Sendable {
    package let isDue: Bool
    /// The most frequent first.
    package let items: [Schedule]
    /// How many instants this one run makes good, besides its own; those of the last ten years.
    package let missed: Int
    /// The next instant of any item after now; nil where nothing is scheduled.
    package let next: Timestamp?
}

extension Policy {
    /// What is due for one group whose snapshots are `runs`, in any order. Those dated after `now` are ignored, and those on demand: however
    /// often somebody takes one, what is scheduled comes.
    package func due(after runs: [ScheduledRun], at now: Timestamp, isBackupOn: Bool) -> DueRun {
        let schedules = schedulesByFrequency
        guard isBackupOn, !schedules.isEmpty else { return DueRun(isDue: false, items: [], missed: 0, next: nil) }
        let next = schedules.compactMap { $0.firstInstant(after: now, at: at, in: zone) }.min()
        let past = runs.filter { $0.time <= now && !$0.items.isEmpty }
        guard let newest = past.map(\.time).max() else {
            return DueRun(isDue: true, items: Array(schedules.prefix(1)), missed: 0, next: next)
        }
        var (items, instants) = ([Schedule](), Set<Timestamp>())
        for schedule in schedules {
            // A newly added item starts from the newest run of any other: it does not fire for the past.
            let last = past.filter { $0.items.contains(schedule.description) }.map(\.time).max() ?? newest
            // Every schedule has an instant within a year, so that what is due does not depend on how far back it is looked.
            let since = max(last, now + -Self.mostDaysMissed * 86_400)
            let passed = schedule.instants(after: since, upTo: now, at: at, in: zone)
            if !passed.isEmpty { items.append(schedule) }
            instants.formUnion(passed)
        }
        return DueRun(isDue: !items.isEmpty, items: items, missed: max(0, instants.count - 1), next: next)
    }

    /// So far back are missed instants counted: a wrong clock, or a header of another age, is not worth all in between.
    private static let mostDaysMissed: Int64 = 3660

    /// The most frequent first; those of one class as the policy has them.
    package var schedulesByFrequency: [Schedule] {
        items.map(\.every).enumerated().sorted { ($0.element.frequency, $0.offset) < ($1.element.frequency, $1.offset) }
            .map(\.element)
    }
}
