/// When snapshots are taken and how long they are kept (`docs/RETENTION.md`, section 1).
package struct Policy: Hashable, Sendable {
    package var at: TimeOfDay
    package var zone: Zone
    /// In the file's order; empty is no schedule.
    package var items: [ScheduleItem]
    /// How long a snapshot on demand is kept.
    package var onDemand: Period
    /// So many newest good snapshots of each group stay while backups are on; 1 to 1000.
    package var keepMin: Int
    /// So many of these stay with backups off as well, and are not forgotten by hand: what compliance promises.
    package var keepMinPromised: Int
    /// How long a condemned snapshot stays in the trash; up to 90 days.
    package var grace: Period
    /// Count rules, in place of `keep` on the items.
    package var keepRules: KeepRules?

    package init(
        at: TimeOfDay = .evening, zone: Zone = .utc, items: [ScheduleItem] = ScheduleItem.defaults,
        onDemand: Period = Period(days: 30), keepMin: Int = 1, keepMinPromised: Int = 0, grace: Period = Period(days: 7),
        keepRules: KeepRules? = nil
    ) {
        self.at = at
        self.zone = zone
        self.items = items
        self.onDemand = onDemand
        self.keepMin = keepMin
        self.keepMinPromised = keepMinPromised
        self.grace = grace
        self.keepRules = keepRules
    }

    /// How many newest good snapshots of each group the guard keeps.
    package func guardCount(backupsAreOn: Bool) -> Int { backupsAreOn ? keepMin : keepMinPromised }

    package static let keepMinimums = 1...1000
}

/// One line of the schedule.
package struct ScheduleItem: Hashable, Sendable {
    package var every: Schedule
    /// Stamped on a snapshot when it is taken; nil under count rules.
    package var keep: Period?

    package init(every: Schedule, keep: Period?) {
        self.every = every
        self.keep = keep
    }

    /// What holds where a policy has no `items:`, the same as MongoDB Atlas.
    package static let defaults = [
        ScheduleItem(every: .hours(6), keep: Period(days: 7)),
        ScheduleItem(every: .day, keep: Period(days: 7)),
        ScheduleItem(every: .weekday(.saturday), keep: Period(4, .weeks)),
        ScheduleItem(every: .monthOn(.last), keep: Period(12, .months)),
        ScheduleItem(every: .yearIn(.december), keep: Period(1, .years)),
    ]
}
