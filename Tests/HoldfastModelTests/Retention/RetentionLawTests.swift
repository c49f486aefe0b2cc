import HoldfastModel
import HoldfastTesting
import Testing

private typealias Case = RetentionFixture

/// What `docs/RETENTION.md`, section 2, says of the keep set and of projections, over random groups and policies.
@Suite("The laws of retention")
struct RetentionLawTests {
    @Test("what is kept is kept again, and the order of snapshots does not matter", arguments: 0..<60)
    func fixedPoint(seed: UInt64) {
        var world = RandomRetention(seed: seed)
        let policy = world.policy()
        let snapshots = world.snapshots()
        let set = world.keepSet(snapshots, policy, at: world.now)
        #expect(world.keepSet(snapshots.shuffled(using: &world.random), policy, at: world.now) == set)
        let kept = snapshots.filter { set.reasons[$0.id] != [] }
        #expect(world.keepSet(kept, policy, at: world.now).condemned.isEmpty)
    }

    @Test("whatever is damaged, a sound snapshot stays that would stay if the damaged ones were not there", arguments: 0..<60)
    func damagedPushNothingOut(seed: UInt64) {
        var world = RandomRetention(seed: seed)
        let policy = world.policy()
        let snapshots = world.snapshots()
        let sound = snapshots.filter { !$0.isDamaged && $0.cmks == Set([CMK("k:2")].compactMap(\.self)) }
        let set = world.keepSet(snapshots, policy, at: world.now)
        for (id, reasons) in world.keepSet(sound, policy, at: world.now).reasons where !reasons.isEmpty {
            #expect(set.reasons[id] != [], "\(id)")
        }
    }

    @Test("what was salvaged in part of a snapshot takes no reason from any that was not, whatever its id", arguments: 0..<60)
    func salvagedTakesNothing(seed: UInt64) {
        var world = RandomRetention(seed: seed)
        let policy = world.policy()
        let snapshots = world.snapshots()
        let before = world.keepSet(snapshots, policy, at: world.now)
        for original in snapshots {
            for number in [0, 900] {
                let salvaged = KeepSubject(
                    id: Case.id(number), group: original.group, time: original.time, expires: original.expires,
                    tags: original.tags, isDamaged: true, isSalvaged: true, cmks: original.cmks)
                let after = world.keepSet(snapshots + [salvaged], policy, at: world.now)
                for other in snapshots where !(other.isSalvaged && other.isDamaged) {
                    let reasons = Set(after.reasons[other.id] ?? [])
                    #expect(reasons.isSuperset(of: before.reasons[other.id] ?? []), "\(other), beside \(salvaged)")
                }
            }
        }
    }

    @Test("a projection says what pruning step by step does", arguments: 0..<60)
    func stepByStep(seed: UInt64) {
        var world = RandomRetention(seed: seed)
        let policy = world.policy()
        let snapshots = world.snapshots()
        let projection = world.projection(snapshots, policy)
        let asItStands = world.simulate(snapshots, policy, arrivals: [])
        let asScheduled = world.simulate(snapshots, policy, arrivals: world.arrivals(policy))
        let due = Set(world.keepSet(snapshots, policy, at: world.now).condemned)
        let isTooMuch = !KeepLimit.excesses(condemning: due, of: snapshots, at: world.now).isEmpty
        for snapshot in snapshots where snapshot.holds.isEmpty {
            let departure = projection.departures[snapshot.id]
            if isTooMuch, due.contains(snapshot.id) {
                #expect(departure?.why == "confirm" && departure?.certainty == .waiting, "\(snapshot)")
                continue
            }
            guard let condemned = asScheduled[snapshot.id] else {
                // A stamped date beyond the horizon is exact all the same; everything else has none.
                let isDated = departure?.certainty == .exact && snapshot.expires.map { $0 > world.end } == true
                // The last of a group waits for a word where no schedule brings another.
                let isAsked = departure?.certainty == .waiting && policy.items.isEmpty
                #expect(departure?.certainty == .never || isDated || isAsked, "\(snapshot)")
                continue
            }
            #expect(departure?.date == policy.grace.after(condemned), "\(snapshot)")
            #expect(departure?.certainty == (asItStands[snapshot.id] == condemned ? .exact : .projected), "\(snapshot)")
        }
    }

    @Test("pruning after every snapshot ends where one late prune does", arguments: 0..<60)
    func latePrune(seed: UInt64) {
        var world = RandomRetention(seed: seed)
        // Clamped months can step back by a day or two, so that a late prune may still find what an early one condemned.
        let policy = world.policy(withMonths: false)
        let snapshots = world.snapshots()
        let arrivals = world.arrivals(policy)
        let early = world.simulate(snapshots, policy, arrivals: arrivals, isConfirmed: true)
        let taken = arrivals.enumerated().map { world.taken($0, at: $1, policy) }
        let late = world.keepSet(snapshots + taken, policy, at: world.end)
        for snapshot in snapshots { #expect((early[snapshot.id] != nil) == (late.reasons[snapshot.id] == []), "\(snapshot)") }
    }
}

/// A group of snapshots, a policy, and a horizon short enough to prune step by step.
private struct RandomRetention {
    var random: SeededRandom
    let now = Case.time("2027-10-20")
    private let horizonDays: Int64 = 40

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    var end: Timestamp { now + horizonDays * 86_400 }

    mutating func policy(withMonths: Bool = true) -> Policy {
        let isCounted = chance(60)
        var items = [["6 hours", "8 hours", "12 hours"], ["day"], ["saturday"], ["month on 1", "month on last"]]
            .compactMap { chance(50) ? $0.randomElement(using: &random) : nil }
        if items.isEmpty, chance(80) { items = ["day"] }
        let keeps = ["1 day", "5 days", "2 weeks", "40 days"]
        let texts = items.map { isCounted ? $0 : "\($0): \(keeps.randomElement(using: &random) ?? keeps[0])" }
        return Case.policy(
            texts, zone: chance(50) ? Case.berlin : .utc, keepMin: Int.random(in: 1...3, using: &random),
            rules: isCounted ? rules(withMonths: withMonths) : nil)
    }

    private mutating func rules(withMonths: Bool) -> KeepRules {
        var rules = KeepRules(last: chance(40) ? Int.random(in: 1...5, using: &random) : 0)
        let periods = ["30 hours", "5 days", "2 weeks"] + (withMonths ? ["1 month"] : [])
        for bucket in KeepRules.Bucket.allCases {
            if chance(25) { rules.counts[bucket] = Int.random(in: 0...4, using: &random) }
            if chance(10) { rules.withinBuckets[bucket] = periods.randomElement(using: &random).flatMap { Period($0) } }
        }
        if chance(20) { rules.within = periods.randomElement(using: &random).flatMap { Period($0) } }
        if chance(20) || rules.keepsNothing { rules.tags = [["a"], ["b", "c"]] }
        return rules
    }

    mutating func snapshots() -> [KeepSubject] {
        (1...Int.random(in: 1...14, using: &random)).map { number in
            var snapshot = Case.snapshot(number, "2027-10-20", cmks: chance(10) ? ["k:1"] : ["k:2"])
            let time = now + Int64.random(in: -1200...(chance(15) ? 900 : 0), using: &random) * 3600
            snapshot = KeepSubject(
                id: snapshot.id, group: snapshot.group, time: time,
                expires: chance(40) ? time + Int64.random(in: 1...1400, using: &random) * 3600 : nil,
                holds: chance(5) ? ["case-7"] : [], tags: ["a", "b", "c"].filter { _ in chance(30) }, isDamaged: chance(10),
                isSalvaged: chance(10),
                cmks: snapshot.cmks)
            return snapshot
        }
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private let deletedCMKs = Set([CMK("k:1")].compactMap(\.self))

    func keepSet(_ snapshots: [KeepSubject], _ policy: Policy, at now: Timestamp) -> KeepSet {
        KeepSet(snapshots, policy: policy, under: .init(backupsAreOn: true, now: now, deletedCMKs: deletedCMKs))
    }

    func projection(_ snapshots: [KeepSubject], _ policy: Policy) -> Projection {
        Projection(
            snapshots, purgeAfter: [:],
            under: .init(policy: policy, isBackupOn: true, now: now, horizonDays: horizonDays, deletedCMKs: deletedCMKs))
    }

    func arrivals(_ policy: Policy) -> [Timestamp] {
        Set(policy.items.flatMap { $0.every.instants(after: now, upTo: end, at: policy.at, in: policy.zone) }).sorted()
    }

    /// A good snapshot taken on schedule, after all others in the order of ids.
    func taken(_ number: Int, at time: Timestamp, _ policy: Policy) -> KeepSubject {
        let keep = policy.items.compactMap(\.keep).max { $0.comparableSeconds < $1.comparableSeconds }
        return KeepSubject(
            id: Case.id(1000 + number), group: Case.group, time: time, expires: keep.map { $0.after(time) },
            cmks: Set([CMK("k:2")].compactMap(\.self)))
    }

    /// Prunes at every moment at which anything can change, and says when each snapshot is condemned. Not `isConfirmed`: the last of a
    /// group stay, though much of one goes at once.
    func simulate(
        _ snapshots: [KeepSubject], _ policy: Policy, arrivals: [Timestamp], isConfirmed: Bool = false
    ) -> [SnapshotID: Timestamp] {
        var present = snapshots
        var coming = arrivals.enumerated().map { taken($0, at: $1, policy) }[...]
        let dates = (snapshots + coming).flatMap { [$0.time, $0.expires].compactMap(\.self) }
        var condemned: [SnapshotID: Timestamp] = [:]
        for moment in Set(dates + [now]).sorted() where moment >= now && moment <= end {
            while let next = coming.first, next.time <= moment { present.append(coming.removeFirst()) }
            let due = Set(keepSet(present, policy, at: moment).condemned)
            let endings = KeepLimit.endings(condemning: due, of: present, deletedCMKs: deletedCMKs)
            for id in due where isConfirmed || endings.isEmpty { condemned[id] = moment }
            present.removeAll { condemned[$0.id] != nil }
        }
        return condemned
    }
}
