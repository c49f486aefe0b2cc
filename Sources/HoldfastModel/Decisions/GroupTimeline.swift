/// The snapshots of one group in the order of their times, those that a schedule will take after them, and until when the guard
/// and the count rules keep each (`docs/RETENTION.md`, sections 1.2, 1.3 and 2).
struct GroupTimeline {
    /// Until when one rule keeps each snapshot: `now` where it does not keep it, nil for ever.
    fileprivate struct Keeping {
        let reason: KeepReason
        let ends: [Timestamp?]
        /// Of a rule that may keep again what it let go.
        var returns: Returns?

        /// The first moment from `moment` on at which the rule does not keep the snapshot.
        func end(of number: Int, from moment: Timestamp) -> Timestamp? {
            guard let end = ends[number] else { return nil }
            if end >= moment { return end }
            return returns.map { $0.end(of: number, from: moment) } ?? moment
        }
    }

    /// Oldest first; ties in the order of ids, but what was salvaged comes before all others.
    let snapshots: [KeepSubject]
    /// Where each of these stood in what was given.
    let order: [Int]
    private let policy: Policy
    private let now: Timestamp
    private let keepings: [Keeping]

    /// When a schedule takes snapshots, ascending, all after now.
    struct Arrivals {
        var all: [Timestamp] = []
        /// Those that get no date of their own, and so are all that count rules count.
        var undated: [Timestamp] = []
    }

    /// Snapshots of one group, none of them in the trash.
    init(
        _ snapshots: [KeepSubject], arrivals: Arrivals = Arrivals(), policy: Policy, under circumstances: KeepSet.Circumstances
    ) {
        order = snapshots.order
        self.snapshots = order.map { snapshots[$0] }
        self.policy = policy
        now = circumstances.now
        let isGood = self.snapshots.map { $0.isGood(unlessDeleted: circumstances.deletedCMKs) }
        let isCounted = self.snapshots.map { $0.expires == nil }
        let pushes = self.snapshots.map { !$0.isSalvaged || !$0.isDamaged }
        let builder = KeepingBuilder(times: self.snapshots.map(\.time), arrivals: arrivals, now: now, zone: policy.zone)
        var keepings: [Keeping] = []
        let guardCount = policy.guardCount(backupsAreOn: circumstances.backupsAreOn)
        if guardCount > 0 {
            keepings.append(Keeping(reason: .guard, ends: builder.ends(of: isGood) { $0.last(guardCount) }))
        }
        if let rules = policy.keepRules {
            // A damaged snapshot never pushes out a good one, nor what was salvaged in part any other: all are counted, then the good ones
            // alone, then all that push.
            let lines =
                [isCounted] + (pushes.contains(false) ? [isGood, pushes] : [isGood]).map { zip(isCounted, $0).map { $0 && $1 } }
            for counted in lines { keepings += builder.keepings(of: counted, under: rules) }
        }
        self.keepings = keepings
    }

    /// Why the guard and the count rules keep each now; a snapshot dated in the future is not counted.
    var reasonsNow: [(SnapshotID, KeepReason)] {
        snapshots.enumerated().filter { $1.time <= now }.flatMap { number, snapshot in
            let reasons = keepings.filter { isKeeping($0, number) }.map(\.reason)
            return (reasons + (isTagged(snapshot) ? [.tags] : [])).map { (snapshot.id, $0) }
        }
    }

    /// When a prune condemns each, if prunes run on time, and none condemns it before `earliest`; nil: not while time goes on like this.
    func condemnation(of number: Int, from earliest: Timestamp? = nil) -> Timestamp? {
        let snapshot = snapshots[number]
        if snapshot.expires == nil, policy.keepRules == nil || isTagged(snapshot) { return nil }
        var (condemned, isSettled) = (max(now, snapshot.time, snapshot.expires ?? now, earliest ?? now), false)
        while !isSettled {
            let earlier = condemned
            for keeping in keepings {
                guard let end = keeping.end(of: number, from: condemned) else { return nil }
                condemned = end
            }
            isSettled = condemned == earlier
        }
        return condemned
    }

    /// From when on nothing would be left that a restore could take anything from, were it condemned unasked (`KeepLimit.endings`); nil: never.
    func ending(unlessDeleted deletedCMKs: Set<CMK>) -> Timestamp? {
        var last: Timestamp?
        // The newest first: of a group that is well one look is enough.
        for (number, snapshot) in snapshots.enumerated().reversed() where !snapshot.cmks.isSubset(of: deletedCMKs) {
            guard snapshot.holds.isEmpty, let condemned = condemnation(of: number) else { return nil }
            last = max(last ?? condemned, condemned)
        }
        return last
    }

    func isGuarded(_ number: Int) -> Bool {
        snapshots[number].time <= now && keepings.contains { $0.reason == .guard && isKeeping($0, number) }
    }

    /// Whether the rule for tags keeps it, which no later snapshot ends.
    func isTagged(_ snapshot: KeepSubject) -> Bool {
        guard let rules = policy.keepRules, snapshot.expires == nil else { return false }
        return rules.tags.contains { Set($0).isSubset(of: snapshot.tags) }
    }

    private func isKeeping(_ keeping: Keeping, _ number: Int) -> Bool {
        keeping.ends[number].map { $0 > now } ?? true
    }
}

/// Lets rules look at the snapshots that they count, those to come among them.
private struct KeepingBuilder {
    let times: [Timestamp]
    let arrivals: GroupTimeline.Arrivals
    let now: Timestamp
    let zone: Zone

    func ends(of isCounted: [Bool], _ rule: (RuleReleases) -> [Int]) -> [Timestamp?] {
        let line = CountedLine(times, isCounted, arrivals.all)
        return line.ends(rule(line.releases(at: now, in: zone)), now: now)
    }

    func keepings(of isCounted: [Bool], under rules: KeepRules) -> [GroupTimeline.Keeping] {
        let line = CountedLine(times, isCounted, arrivals.undated)
        return line.releases(at: now, in: zone).byRule(rules).map { rule in
            GroupTimeline.Keeping(
                reason: rule.reason, ends: line.ends(rule.releases, now: now),
                returns: rule.window.map { Returns(line: line, window: $0) })
        }
    }
}

/// Finds what a rule keeps again after it let it go.
private struct Returns {
    let line: CountedLine
    let window: RuleReleases.Window

    /// The first moment from `moment` on at which the snapshot is not in the window; nil where there is none.
    func end(of number: Int, from moment: Timestamp) -> Timestamp? {
        guard let position = line.position(of: number), let newest = line.newest(at: moment) else { return moment }
        let end = line.times.indices[newest...].first { other in
            other >= window.ends[position] || line.times[position] <= window.edges[other]
        }
        return end.map { max(moment, line.times[$0]) }
    }
}

/// The snapshots that a rule counts, in the order of their times; one that a schedule takes comes after one of the same time.
private struct CountedLine {
    private(set) var times: [Timestamp] = []
    /// Where each snapshot of the group stands; nil: not counted.
    private var positions: [Int?] = []

    init(_ snapshots: [Timestamp], _ isCounted: [Bool], _ arrivals: [Timestamp]) {
        times.reserveCapacity(snapshots.count + arrivals.count)
        var coming = arrivals[...]
        for (time, isCounted) in zip(snapshots, isCounted) {
            guard isCounted else {
                positions.append(nil)
                continue
            }
            let earlier = coming.prefix { $0 < time }
            times += earlier
            coming = coming.dropFirst(earlier.count)
            positions.append(times.count)
            times.append(time)
        }
        times += coming
    }

    func position(of number: Int) -> Int? { positions[number] }

    /// The position of the newest that is not dated after `moment`; nil where all are.
    func newest(at moment: Timestamp) -> Int? {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= moment { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    func releases(at now: Timestamp, in zone: Zone) -> RuleReleases {
        RuleReleases(times: times, newest: newest(at: now) ?? 0, zone: zone)
    }

    func ends(_ releases: [Int], now: Timestamp) -> [Timestamp?] {
        positions.map { position in
            guard let position else { return now }
            let release = releases[position]
            return release == RuleReleases.never ? nil : max(now, times[release])
        }
    }
}

extension KeepSubject {
    /// In the order of times: the last one wins where a rule keeps one of two.
    fileprivate var place: (Timestamp, Int, SnapshotID) { (time, isSalvaged ? 0 : 1, id) }

    /// One that a restore can count on, as far as clear data tell.
    fileprivate func isGood(unlessDeleted deletedCMKs: Set<CMK>) -> Bool {
        !isInTrash && !isDamaged && !cmks.isSubset(of: deletedCMKs)
    }
}

extension [KeepSubject] {
    /// The positions, oldest first; of a tie first what was salvaged, then in the order of ids.
    fileprivate var order: [Int] {
        func isBefore(_ a: Int, _ b: Int) -> Bool { self[a].place < self[b].place }
        guard indices.dropFirst().contains(where: { isBefore($0, $0 - 1) }) else { return indices.map { $0 } }
        return indices.sorted(by: isBefore)
    }
}
