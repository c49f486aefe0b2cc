/// From when on count rules let a group's snapshots go: for each, the later one that takes a rule's reason from it
/// (`docs/RETENTION.md`, section 1.3).
///
/// All rules look from the newest snapshot back, so what a rule lets go it never keeps again, and pruning after every snapshot
/// ends where one late prune does; but for `Window`.
struct RuleReleases {
    /// A snapshot that no later one releases.
    static let never = Int.max

    /// Ascending; ties as in `GroupTimeline`.
    private let times: [Timestamp]
    /// The position of the newest snapshot that exists now: what comes after it is still to be taken.
    private let newest: Int
    private let zone: Zone

    init(times: [Timestamp], newest: Int, zone: Zone) {
        self.times = times
        self.newest = newest
        self.zone = zone
    }

    /// One rule, and the position of the snapshot that first releases each.
    struct Rule {
        let reason: KeepReason
        let releases: [Int]
        /// Of a rule whose edge steps back now and then.
        var window: Window?
    }

    /// What `within` keeps, where clamped months let its edge step back by a day or two: what it let go it may keep again.
    struct Window {
        /// By position of the newest: what is not newer is out.
        let edges: [Timestamp]
        /// By position: which newer one of its bucket takes the reason for good.
        let ends: [Int]
    }

    /// Each rule that asks for something. `tags` never releases anything, and is not here.
    func byRule(_ rules: KeepRules) -> [Rule] {
        var all: [Rule] = []
        if rules.last > 0 { all.append(Rule(reason: .last, releases: last(rules.last))) }
        for bucket in KeepRules.Bucket.allCases {
            guard let count = rules.counts[bucket], count > 0 else { continue }
            all.append(Rule(reason: bucket.reason, releases: newestOfLast(count, bucket)))
        }
        if let period = rules.within {
            all.append(within(period, .within, until: [Int](repeating: Self.never, count: times.count)))
        }
        for bucket in KeepRules.Bucket.allCases {
            guard let period = rules.withinBuckets[bucket] else { continue }
            all.append(within(period, bucket.reasonWithin, until: newestOfBucket(bucket)))
        }
        return all
    }

    /// The newest `count` are kept: the one that comes `count` later releases.
    func last(_ count: Int) -> [Int] {
        times.indices.map { count < times.count - $0 ? $0 + count : Self.never }
    }

    private func newestOfBucket(_ bucket: KeepRules.Bucket) -> [Int] {
        let numbers = times.map { bucket.number(of: $0, in: zone) }
        return numbers.indices.map { $0 + 1 < numbers.count && numbers[$0 + 1] == numbers[$0] ? $0 + 1 : Self.never }
    }

    private func newestOfLast(_ count: Int, _ bucket: KeepRules.Bucket) -> [Int] {
        var (ordinals, firsts): ([Int], [Int]) = ([], [])
        var current: Int64?
        for (position, time) in times.enumerated() {
            let number = bucket.number(of: time, in: zone)
            if number != current { firsts.append(position) }
            current = number
            ordinals.append(firsts.count - 1)
        }
        return zip(newestOfBucket(bucket), ordinals).map { sameBucket, ordinal in
            count < firsts.count - ordinal ? min(sameBucket, firsts[ordinal + count]) : sameBucket
        }
    }

    /// Newer than the newest less `period`, the edge excluded, and until a newer one of its bucket comes.
    private func within(_ period: Period, _ reason: KeepReason, until ends: [Int]) -> Rule {
        let edges = times.map(period.before)
        var (releases, reach) = (ends, 0)
        for position in times.indices where position >= newest {
            while reach < position, times[reach] <= edges[position] {
                releases[reach] = min(position, ends[reach])
                reach += 1
            }
        }
        let isSteppingBack = period.unit == .months || period.unit == .years
        return Rule(reason: reason, releases: releases, window: isSteppingBack ? Window(edges: edges, ends: ends) : nil)
    }
}

extension KeepRules.Bucket {
    fileprivate var reason: KeepReason {
        switch self {
        case .hourly: .hourly
        case .daily: .daily
        case .weekly: .weekly
        case .monthly: .monthly
        case .yearly: .yearly
        }
    }

    fileprivate var reasonWithin: KeepReason {
        switch self {
        case .hourly: .withinHourly
        case .daily: .withinDaily
        case .weekly: .withinWeekly
        case .monthly: .withinMonthly
        case .yearly: .withinYearly
        }
    }
}
