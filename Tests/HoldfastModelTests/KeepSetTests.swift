import HoldfastModel
import Testing

@Suite("The keep set")
struct KeepSetTests {
    static let day: Int64 = 86_400
    static let now = Timestamp(seconds: 1_800_000_000)

    /// Taken so many days ago; `keep` days from then on, or no date of its own.
    private static func snapshot(
        _ number: Int, daysAgo: Int64, keep: Int64? = 7, holds: Set<String> = [], isDamaged: Bool = false,
        isInTrash: Bool = false, cmks: [String] = ["fake:1"], source: String = "data"
    ) -> KeepSubject {
        let time = now + -daysAgo * day
        return KeepSubject(
            id: id(number), group: SnapshotGroup(cluster: "shop", node: "db1", source: source), time: time,
            expires: keep.map { time + $0 * day }, holds: holds, isDamaged: isDamaged, isInTrash: isInTrash,
            cmks: Set(cmks.compactMap { CMK($0) }))
    }

    private static func id(_ number: Int) -> SnapshotID {
        guard let id = SnapshotID(String(repeating: "0", count: 30) + "\(10 + number)") else { preconditionFailure() }
        return id
    }

    private func reasons(
        _ snapshots: [KeepSubject], keepMin: Int = 1, backupsAreOn: Bool = true, bases: [Int] = [], deleted: [String] = []
    ) -> [Int: [KeepReason]] {
        let circumstances = KeepSet.Circumstances(
            backupsAreOn: backupsAreOn, now: Self.now, basesOfOpen: Set(bases.map(Self.id)),
            deletedCMKs: Set(deleted.compactMap { CMK($0) }))
        let policy = Policy(keepMin: keepMin)
        let set = KeepSet(snapshots, policy: policy, under: circumstances)
        #expect(KeepSet(snapshots.reversed(), policy: policy, under: circumstances) == set)
        let kept = snapshots.filter { !(set.reasons[$0.id] ?? []).isEmpty }
        #expect(KeepSet(kept, policy: policy, under: circumstances).condemned.isEmpty)
        return Dictionary(uniqueKeysWithValues: set.reasons.map { (Int($0.key.hex.suffix(2)).map { $0 - 10 } ?? -1, $0.value) })
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let snapshots: [KeepSubject]
        var keepMin = 1
        var backupsAreOn = true
        var bases: [Int] = []
        var deleted: [String] = []
        let expected: [Int: [KeepReason]]
    }

    static let cases: [Case] = [
        Case(
            testDescription: "its own date decides, to the second",
            snapshots: [snapshot(0, daysAgo: 7), snapshot(1, daysAgo: 6), snapshot(2, daysAgo: 0)],
            expected: [0: [], 1: [.expiry], 2: [.expiry, .guard]]),
        Case(
            testDescription: "without a date it is kept",
            snapshots: [snapshot(0, daysAgo: 900, keep: nil), snapshot(1, daysAgo: 0)],
            expected: [0: [.noRule], 1: [.expiry, .guard]]),
        Case(
            testDescription: "a hold outlives its date",
            snapshots: [snapshot(0, daysAgo: 90, holds: ["case-7"]), snapshot(1, daysAgo: 0)],
            expected: [0: [.hold], 1: [.expiry, .guard]]),
        Case(
            testDescription: "the base of an open snapshot stays",
            snapshots: [snapshot(0, daysAgo: 90), snapshot(1, daysAgo: 0)],
            bases: [0], expected: [0: [.base], 1: [.expiry, .guard]]),
        Case(
            testDescription: "reasons are told in their order", snapshots: [snapshot(0, daysAgo: 0, holds: ["a", "b"])],
            bases: [0],
            expected: [0: [.hold, .base, .expiry, .guard]]),
        Case(
            testDescription: "the future is kept and not counted",
            snapshots: [snapshot(0, daysAgo: 90), snapshot(1, daysAgo: -900)], expected: [0: [.guard], 1: [.future, .expiry]]),
        Case(
            testDescription: "the guard keeps so many of each group",
            snapshots: [
                snapshot(0, daysAgo: 92), snapshot(1, daysAgo: 91), snapshot(2, daysAgo: 90),
                snapshot(3, daysAgo: 99, source: "other"),
            ], keepMin: 2, expected: [0: [], 1: [.guard], 2: [.guard], 3: [.guard]]),
        Case(
            testDescription: "the guard ends with backups", snapshots: [snapshot(0, daysAgo: 90)], backupsAreOn: false,
            expected: [0: []]),
        Case(
            testDescription: "a damaged snapshot guards nothing",
            snapshots: [snapshot(0, daysAgo: 90), snapshot(1, daysAgo: 80, isDamaged: true)], expected: [0: [.guard], 1: []]),
        Case(
            testDescription: "one in the trash guards nothing, and is not asked about",
            snapshots: [snapshot(0, daysAgo: 90), snapshot(1, daysAgo: 80, isInTrash: true)], expected: [0: [.guard]]),
        Case(
            testDescription: "a lost one guards nothing; one of two envelopes is enough",
            snapshots: [
                snapshot(0, daysAgo: 90), snapshot(1, daysAgo: 80, cmks: ["fake:1", "fake:2"]),
                snapshot(2, daysAgo: 70, cmks: ["fake:2"]), snapshot(3, daysAgo: 60, cmks: []),
            ], deleted: ["fake:2"], expected: [0: [], 1: [.guard], 2: [], 3: []]),
        Case(
            testDescription: "ties in time break by id", snapshots: [snapshot(0, daysAgo: 90), snapshot(1, daysAgo: 90)],
            expected: [0: [], 1: [.guard]]),
    ]

    @Test("says who stays, and why", arguments: cases)
    func table(_ test: Case) {
        let reasons = reasons(
            test.snapshots, keepMin: test.keepMin, backupsAreOn: test.backupsAreOn, bases: test.bases, deleted: test.deleted)
        #expect(reasons == test.expected)
    }

    @Test(
        "W9: a run that condemns more than three and more than a fifth of a group needs a yes",
        arguments: [(3, 3, false), (4, 4, true), (4, 19, true), (4, 20, false), (5, 20, true), (20, 100, false), (21, 100, true)])
    func limit(condemned: Int, of count: Int, isExcess: Bool) {
        let snapshots = (0..<count).map { number in
            KeepSubject(
                id: Self.numbered(number), group: SnapshotGroup(cluster: "shop", node: "db1", source: "data"), time: Self.now,
                expires: number % 2 == 0 ? nil : Self.now + Self.day, cmks: [])
        }
        let ids = Set(snapshots.prefix(condemned).map(\.id))
        #expect(KeepLimit.excesses(condemning: ids, of: snapshots, at: Self.now).isEmpty == !isExcess)
        let dated = snapshots.map { snapshot in
            var dated = snapshot
            dated.expires = Self.now
            return dated
        }
        #expect(KeepLimit.excesses(condemning: ids, of: dated, at: Self.now).isEmpty)
    }

    enum Last: CaseIterable { case kept, trash, lost, none }

    @Test("the last of a group that a restore could take something from goes only when asked for", arguments: Last.allCases)
    func ending(_ other: Last) throws {
        let (cmk, deleted) = (try #require(CMK("k:1")), try #require(CMK("k:2")))
        func subject(_ number: Int, under cmk: CMK, isInTrash: Bool = false) -> KeepSubject {
            KeepSubject(
                id: Self.numbered(number), group: SnapshotGroup(cluster: "shop", node: "db1", source: "data"), time: Self.now,
                expires: Self.now, isDamaged: true, isInTrash: isInTrash, cmks: [cmk])
        }
        var snapshots = [subject(0, under: cmk), subject(1, under: cmk)]
        switch other {
        case .kept: snapshots.append(subject(2, under: cmk))
        case .trash: snapshots.append(subject(2, under: cmk, isInTrash: true))
        case .lost: snapshots.append(subject(2, under: deleted))
        case .none: break
        }
        let endings = KeepLimit.endings(
            condemning: Set(snapshots.prefix(2).map(\.id)), of: snapshots, deletedCMKs: [deleted])
        #expect(endings.map(\.condemnedCount) == (other == .kept ? [] : [2]))
        #expect(KeepLimit.endings(condemning: Set(snapshots.map(\.id)), of: snapshots, deletedCMKs: [cmk, deleted]).isEmpty)
    }

    private static func numbered(_ number: Int) -> SnapshotID {
        let digits = String(1_000_000 + number)
        guard let id = SnapshotID(String(repeating: "0", count: 32 - digits.count) + digits) else { preconditionFailure() }
        return id
    }

    @Test("reasons are spelled as the specification spells them")
    func spelling() {
        #expect(
            KeepReason.allCases.map(\.rawValue).joined(separator: " ")
                == """
                hold base future expiry no-rule last hourly daily weekly monthly yearly within within_hourly within_daily \
                within_weekly within_monthly within_yearly tags guard
                """)
    }

    @Test("a guard or a rule for more snapshots than there can be keeps all, and overflows nowhere")
    func boundless() {
        let snapshots = (0..<3).map { Self.snapshot($0, daysAgo: 100 + Int64($0), keep: 1) }
        #expect(reasons(snapshots, keepMin: .max) == [0: [.guard], 1: [.guard], 2: [.guard]])
        let undated = (0..<3).map { Self.snapshot($0, daysAgo: 100 + Int64($0), keep: nil) }
        let rules = KeepRules(last: .max, counts: [.daily: .max])
        let policy = Policy(items: [ScheduleItem(every: .day, keep: nil)], keepMin: .max, keepRules: rules)
        let set = KeepSet(undated, policy: policy, under: .init(backupsAreOn: true, now: Self.now))
        #expect(set.condemned.isEmpty)
        let dated = Policy(items: [ScheduleItem(every: .day, keep: Period(days: 7))], keepMin: .max)
        for policy in [policy, dated] {
            let outlook = Projection.Outlook(policy: policy, isBackupOn: true, now: Self.now)
            #expect(Projection(snapshots + undated, purgeAfter: [:], under: outlook).departures.count == 3)
        }
    }
}
