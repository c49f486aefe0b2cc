/// When each snapshot of a cluster will be gone if prunes run on time and backups as scheduled
/// (`docs/RETENTION.md`, section 2, `project`).
package struct Projection: Sendable {
    /// What it is projected from besides the snapshots.
    package struct Outlook: Sendable {
        package var policy: Policy
        package var isBackupOn: Bool
        /// The groups of which the schedule takes snapshots; nil: all.
        package var sources: Set<SnapshotGroup>?
        package var now: Timestamp
        /// How far it looks ahead.
        package var horizonDays: Int64
        /// CMKs that the key log calls deleted.
        package var deletedCMKs: Set<CMK>

        package init(
            policy: Policy, isBackupOn: Bool, sources: Set<SnapshotGroup>? = nil, now: Timestamp,
            horizonDays: Int64 = defaultHorizonDays, deletedCMKs: Set<CMK> = []
        ) {
            self.policy = policy
            self.isBackupOn = isBackupOn
            self.sources = sources
            self.now = now
            self.horizonDays = horizonDays
            self.deletedCMKs = deletedCMKs
        }

        /// Ten years and a few days.
        package static let defaultHorizonDays: Int64 = 3660

        var end: Timestamp { now + horizonDays * 86_400 }

        /// Whether a schedule takes new snapshots, which alone let the guard and count rules go on.
        var takesSnapshots: Bool { isBackupOn && !policy.items.isEmpty }

        func takesSnapshots(of group: SnapshotGroup) -> Bool { takesSnapshots && sources?.contains(group) ?? true }

        /// When the schedule takes snapshots that can release one of these.
        func arrivals(for snapshots: [KeepSubject]) -> GroupTimeline.Arrivals {
            let instants = relevantInstants(for: snapshots)
            guard policy.keepRules != nil else { return GroupTimeline.Arrivals(all: instants) }
            let dated = Set(self.instants(of: policy.items.filter { $0.keep != nil }, upTo: end))
            return GroupTimeline.Arrivals(
                all: instants, undated: dated.isEmpty ? instants : instants.filter { !dated.contains($0) })
        }

        /// The instants of the schedule at which a new snapshot can release one of these: ascending, none twice. Without count
        /// rules that is the guard's to do, and the first few that are newer than all do it.
        private func relevantInstants(for snapshots: [KeepSubject]) -> [Timestamp] {
            guard takesSnapshots else { return [] }
            guard policy.keepRules == nil else { return instants(upTo: end) }
            let newest = max(now, snapshots.map(\.time).max() ?? now)
            var reach = policy.items.map(\.every.intervalSeconds).min() ?? 0
            while true {
                let instants = instants(upTo: min(end, newest + reach))
                let enough = instants.prefix { $0 <= newest }.count.addingSaturated(policy.keepMin)
                if instants.count >= enough || newest + reach >= end { return Array(instants.prefix(enough)) }
                reach *= 2
            }
        }

        private func instants(upTo end: Timestamp) -> [Timestamp] {
            let all = instants(of: policy.items, upTo: end)
            return policy.items.count == 1 ? all : Set(all).sorted()
        }

        private func instants(of items: [ScheduleItem], upTo end: Timestamp) -> [Timestamp] {
            items.flatMap { $0.every.instants(after: now, upTo: end, at: policy.at, in: policy.zone) }
        }
    }

    /// Of every snapshot, those in the trash included, as they were given.
    let departuresInOrder: [DeletionDeparture]
    private let ids: [SnapshotID]

    package var departures: [SnapshotID: DeletionDeparture] {
        Dictionary(zip(ids, departuresInOrder)) { first, _ in first }
    }

    /// `purgeAfter`: of those that are in the trash, when their grace time is over.
    package init(_ snapshots: [KeepSubject], purgeAfter: [SnapshotID: Timestamp], under outlook: Outlook) {
        let arrivals = outlook.arrivals(for: snapshots)
        let (trash, present) = (
            snapshots.indices.filter { snapshots[$0].isInTrash }, snapshots.indices.filter { !snapshots[$0].isInTrash }
        )
        var departures = [DeletionDeparture](repeating: .never("hold"), count: snapshots.count)
        let groups = Array(Dictionary(grouping: present) { snapshots[$0].group }.values)
        let projected = groups.concurrentMap { group in
            GroupProjection(group.map { snapshots[$0] }, arrivals: arrivals, outlook).leavings
        }
        var due: [Int] = []
        for (group, found) in zip(groups, projected) {
            for (position, leaving) in zip(group, found) {
                departures[position] = leaving.departure
                if leaving.isDue { due.append(position) }
            }
        }
        for position in trash where snapshots[position].holds.isEmpty {
            let date = max(purgeAfter[snapshots[position].id] ?? outlook.now, outlook.now)
            departures[position] = .exact(date, "trash")
            if date == outlook.now { due.append(position) }
        }
        if Self.isTooMuch(due, of: snapshots, at: outlook.now) {
            for position in due { departures[position] = .waiting("confirm") }
        }
        departuresInOrder = zip(departures, snapshots).map { $0.notBefore($1.lockedUntil) }
        ids = snapshots.map(\.id)
    }

    /// Whether a prune that is to do all of this at once does nothing, and asks.
    private static func isTooMuch(_ due: [Int], of snapshots: [KeepSubject], at now: Timestamp) -> Bool {
        !due.isEmpty && !KeepLimit.excesses(condemning: Set(due.map { snapshots[$0].id }), of: snapshots, at: now).isEmpty
    }
}

/// The same for one group, none of it in the trash: with no new snapshot, and with one at every instant of the schedule.
private struct GroupProjection {
    private let asItStands: GroupTimeline
    private let asScheduled: GroupTimeline
    /// As compliance promises it with backups off; nil where nothing of the group is promised, or new snapshots come.
    private let asPromised: GroupTimeline?
    private let outlook: Projection.Outlook
    private let isScheduled: Bool
    private let firstArrival: Timestamp?
    /// From when on prune asks, until a new snapshot is there, before it condemns what is left of the group.
    private let ending: Timestamp?

    struct Leaving: Sendable {
        let departure: DeletionDeparture
        /// A prune that is not asked to stop condemns it now.
        let isDue: Bool
    }

    init(_ snapshots: [KeepSubject], arrivals: GroupTimeline.Arrivals, _ outlook: Projection.Outlook) {
        let circumstances = KeepSet.Circumstances(
            backupsAreOn: outlook.isBackupOn, now: outlook.now, deletedCMKs: outlook.deletedCMKs)
        isScheduled = snapshots.first.map { outlook.takesSnapshots(of: $0.group) } ?? false
        let arrivals = isScheduled ? arrivals : GroupTimeline.Arrivals()
        firstArrival = arrivals.all.first
        asItStands = GroupTimeline(snapshots, policy: outlook.policy, under: circumstances)
        ending = outlook.isBackupOn ? asItStands.ending(unlessDeleted: outlook.deletedCMKs) : nil
        var off = circumstances
        off.backupsAreOn = false
        asPromised =
            isScheduled || outlook.policy.keepMinPromised == 0
            ? nil : GroupTimeline(asItStands.snapshots, policy: outlook.policy, under: off)
        asScheduled = GroupTimeline(
            asItStands.snapshots, arrivals: arrivals, policy: outlook.policy, under: circumstances)
        self.outlook = outlook
    }

    /// In the order in which the snapshots were given.
    var leavings: [Leaving] {
        var leavings = [Leaving](
            repeating: Leaving(departure: .never("hold"), isDue: false), count: asItStands.snapshots.count)
        for (number, position) in asItStands.order.enumerated() {
            let snapshot = asScheduled.snapshots[number]
            leavings[position] = Leaving(
                departure: departure(of: snapshot, number: number),
                isDue: snapshot.holds.isEmpty && asItStands.condemnation(of: number) == outlook.now)
        }
        return leavings
    }

    private func departure(of snapshot: KeepSubject, number: Int) -> DeletionDeparture {
        if !snapshot.holds.isEmpty { return .never("hold") }
        let isGuarded = asItStands.isGuarded(number)
        var condemned = asScheduled.condemnation(of: number)
        var isExact = condemned == asItStands.condemnation(of: number)
        if let ending, let date = condemned, date >= ending, date <= outlook.end {
            guard let firstArrival else { return .waiting("confirm") }
            (condemned, isExact) = (asScheduled.condemnation(of: number, from: firstArrival), false)
        }
        if let condemned, condemned <= outlook.end {
            let date = outlook.policy.grace.after(condemned)
            let why = snapshot.expires == nil ? "rules" : isGuarded ? "guard" : "expiry"
            return isExact ? .exact(date, why) : .projected(date, why)
        }
        if let expires = snapshot.expires, !isGuarded, snapshot.time <= outlook.now {
            return .exact(outlook.policy.grace.after(max(expires, outlook.now)), "expiry")
        }
        return .never(whyNever(snapshot, number: number))
    }

    private func whyNever(_ snapshot: KeepSubject, number: Int) -> String {
        if snapshot.expires == nil, outlook.policy.keepRules == nil { return "no-rule" }
        if asItStands.isTagged(snapshot) { return "tags" }
        if isScheduled { return "beyond-horizon" }
        return asPromised?.isGuarded(number) == true ? "promised" : "no-new-snapshots"
    }
}
