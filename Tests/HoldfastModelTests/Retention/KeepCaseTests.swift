import HoldfastModel
import Testing

private typealias Case = RetentionFixture

/// The worked cases 10 to 22 of `docs/RETENTION.md`, section 4.
@Suite("Worked cases: what is kept, and until when")
struct KeepCaseTests {
    @Test("case 10: a snapshot on demand is kept by its own date and not counted")
    func onDemand() {
        let snapshots = [
            Case.snapshot(1, "2027-05-28"), Case.snapshot(2, "2027-05-29"),
            Case.snapshot(3, "2027-05-30", expires: "2027-07-01", items: []),
        ]
        let kept = Case.kept(snapshots, Case.policy(["day"], rules: KeepRules(last: 1)))
        #expect(kept == [1: [], 2: [.last], 3: [.expiry, .guard]])
    }

    @Test("case 11: with backups off the oldest goes, and the newest never")
    func backupsOff() {
        let snapshots = ["2027-03-01", "2027-03-02", "2027-03-03"].enumerated().map { Case.snapshot($0 + 1, $1) }
        let departures = Case.departures(snapshots, Case.policy(["day"], rules: KeepRules(last: 2)), isBackupOn: false)
        #expect(
            departures == [
                1: .on("2027-06-08", .exact, "rules"), 2: .none("no-new-snapshots"), 3: .none("no-new-snapshots"),
            ])
    }

    @Test("case 12: while the host is dead the guard holds the newest; one newer snapshot would free it")
    func dead() {
        let snapshots = [
            Case.snapshot(1, "2027-01-01", expires: "2027-01-08"), Case.snapshot(2, "2027-01-02", expires: "2027-01-09"),
        ]
        #expect(
            Case.departures(snapshots, Case.policy(["day: 7 days"])) == [
                1: .on("2027-06-08", .exact, "expiry"), 2: .on("2027-06-09", .projected, "guard"),
            ])
    }

    @Test("case 13: days are cut by the clocks of the zone")
    func days() {
        let snapshots = [
            Case.snapshot(1, "2027-01-09T22:30:00Z"), Case.snapshot(2, "2027-01-10T22:30:00Z"),
            Case.snapshot(3, "2027-01-10T23:30:00Z"),
        ]
        let kept = Case.kept(snapshots, Case.policy(["day"], zone: Case.berlin, rules: KeepRules(counts: [.daily: 2])))
        #expect(kept == [1: [], 2: [.daily], 3: [.daily, .guard]])
    }

    @Test("case 14: an hour that clocks show twice is one bucket")
    func doubledHour() {
        let snapshots = ["2027-10-30T23:30:00Z", "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"].enumerated().map {
            Case.snapshot($0 + 1, $1)
        }
        let policy = Case.policy(["hour"], zone: Case.berlin, rules: KeepRules(counts: [.hourly: 2]))
        #expect(Case.kept(snapshots, policy, now: "2027-11-01") == [1: [.hourly], 2: [], 3: [.hourly, .guard]])
    }

    @Test("case 15: weeks are ISO weeks: the last days of a year and the first of the next may share one")
    func weeks() {
        let snapshots = [Case.snapshot(1, "2026-12-31"), Case.snapshot(2, "2027-01-01")]
        let kept = Case.kept(snapshots, Case.policy(["day"], rules: KeepRules(counts: [.weekly: 1])))
        #expect(kept == [1: [], 2: [.weekly, .guard]])
    }

    @Test("case 16: a snapshot dated in the future is kept and uses up no count")
    func future() {
        let snapshots = [
            Case.snapshot(1, "2027-05-01"), Case.snapshot(2, "2027-05-02"), Case.snapshot(3, "2099-01-01"),
        ]
        let kept = Case.kept(snapshots, Case.policy(["day"], rules: KeepRules(last: 1)))
        #expect(kept == [1: [], 2: [.last, .guard], 3: [.future]])
    }

    @Test("case 17: a damaged or lost snapshot pushes no good one out", arguments: [true, false])
    func damaged(isDamaged: Bool) throws {
        let snapshots = [
            Case.snapshot(1, "2027-05-01"), Case.snapshot(2, "2027-05-02", isDamaged: isDamaged, cmks: ["k:1"]),
        ]
        let deleted: Set<CMK> = isDamaged ? [] : [try #require(CMK("k:1"))]
        let kept = Case.kept(snapshots, Case.policy(["day"], rules: KeepRules(last: 1)), deleted: deleted)
        #expect(kept == [1: [.last, .guard], 2: [.last]])
    }

    @Test("of two of one time the one that a repair made goes first, whatever their ids", arguments: [(1, 2), (2, 1)])
    func salvaged(original: Int, salvaged: Int) {
        for isWhole in [true, false] {
            var snapshots = [original, salvaged].map { Case.snapshot($0, "2027-05-01", isDamaged: !isWhole) }
            snapshots[1].isSalvaged = true
            let kept = Case.kept(snapshots, Case.policy(["day"], rules: KeepRules(last: 1)))
            #expect(kept[original]?.contains(.last) == true && kept[salvaged] == [])
        }
    }

    @Test("case 18: within counts from the newest, so that a stopped backup loses nothing")
    func stopped() {
        let snapshots = ["2027-03-28", "2027-03-31", "2027-04-02"].enumerated().map { Case.snapshot($0 + 1, $1) }
        let kept = Case.kept(snapshots, Case.policy(["day"], rules: KeepRules(within: Period(days: 7))))
        #expect(kept == [1: [.within], 2: [.within], 3: [.within, .guard]])
    }

    @Test("case 19: exactly as old as within says is out")
    func edge() {
        let snapshots = [
            Case.snapshot(1, "2027-01-01T18:00:00Z"), Case.snapshot(2, "2027-01-01T18:00:01Z"),
            Case.snapshot(3, "2027-01-04T18:00:00Z"),
        ]
        let kept = Case.kept(snapshots, Case.policy(["day"], rules: KeepRules(within: Period(days: 3))))
        #expect(kept == [1: [], 2: [.within], 3: [.within, .guard]])
    }

    @Test("a month less than the 29th to the 31st of March is the 28th of February: what comes under the edge again is kept")
    func clampedEdge() {
        // `last` lets it go at 2027-03-30 00:00, when the edge of `within`, past it two days before, is at 02-28 00:00 again.
        let rules = KeepRules(last: 98, within: Case.period("1 month"))
        let departures = Case.departures(
            [Case.snapshot(1, "2027-02-28")], Case.policy(["6 hours"], rules: rules), now: "2027-03-05T12:00:00Z")
        #expect(departures == [1: .on("2027-04-06", .projected, "rules")])
    }

    @Test("case 20: never while held; once released, now and the grace time, exact")
    func hold() {
        let newer = Case.snapshot(2, "2027-06-01", expires: "2027-06-08")
        let policy = Case.policy(["day: 7 days"])
        let held = Case.snapshot(1, "2027-01-01", expires: "2027-01-08", holds: ["case-7"])
        #expect(Case.departures([held, newer], policy)[1] == DeletionDeparture.none("hold"))
        let released = Case.snapshot(1, "2027-01-01", expires: "2027-01-08")
        #expect(Case.departures([released, newer], policy)[1] == .on("2027-06-08", .exact, "expiry"))
    }

    @Test(
        "case 21: a policy that changes moves nothing by itself; applied, it moves what was not set by hand",
        arguments: [("3 days", "2027-01-04"), ("30 days", "2027-01-31")])
    func restamped(keep: String, expires: String) {
        let policy = Case.policy(["day: \(keep)"])
        let stamped = Case.snapshot(1, "2027-01-01", expires: "2027-01-08")
        #expect(policy.restamp(stamped, isCompliant: false) == Case.time(expires))
        let edited = Case.snapshot(1, "2027-01-01", expires: "2027-01-08", isEdited: true)
        #expect(policy.restamp(edited, isCompliant: false) == Case.time("2027-01-08"))
        let onDemand = Case.snapshot(1, "2027-01-01", expires: "2027-01-08", items: [])
        #expect(policy.restamp(onDemand, isCompliant: false) == Case.time("2027-01-08"))
        let foreign = Case.snapshot(1, "2027-01-01", expires: "2027-01-08", items: ["saturday"])
        #expect(policy.restamp(foreign, isCompliant: false) == Case.time("2027-01-08"))
    }

    @Test("case 21: a policy that is not applied moves no stamped date", arguments: ["3 days", "30 days"])
    func notApplied(keep: String) {
        let stamped = Case.snapshot(1, "2027-01-01", expires: "2027-01-08")
        let newer = Case.snapshot(2, "2027-01-02", expires: "2027-01-09")
        let departures = Case.departures([stamped, newer], Case.policy(["day: \(keep)"]), now: "2027-01-02")
        #expect(departures[1] == .on("2027-01-15", .exact, "expiry"))
    }

    @Test(
        "case 22: under compliance an expiry only moves later",
        arguments: [("3 days", "2027-01-08"), ("30 days", "2027-01-31")])
    func compliant(keep: String, expires: String) {
        let stamped = Case.snapshot(1, "2027-01-01", expires: "2027-01-08")
        #expect(Case.policy(["day: \(keep)"]).restamp(stamped, isCompliant: true) == Case.time(expires))
    }

    @Test("case 22: under compliance a new snapshot is stamped with what is demanded at least")
    func raised() {
        let stamp = Case.policy(["day: 7 days"]).expiry(
            of: Case.time("2027-01-01"), items: [.day], ownKeep: nil, minKeep: Period(days: 14))
        #expect(stamp == ExpiryStamp(expires: Case.time("2027-01-15"), label: "day"))
        let onDemand = Policy().expiry(
            of: Case.time("2027-01-01"), items: [], ownKeep: Period(days: 1), minKeep: Period(days: 14))
        #expect(onDemand == ExpiryStamp(expires: Case.time("2027-01-15"), label: "on-demand"))
    }

    @Test("under count rules a snapshot has no date, and the label of its least frequent item")
    func undated() {
        let policy = Case.policy(["hour", "saturday"], rules: KeepRules(last: 3))
        let stamp = policy.expiry(
            of: Case.time("2027-01-02"), items: [.hours(1), .weekday(.saturday)], ownKeep: nil, minKeep: nil)
        #expect(stamp == ExpiryStamp(expires: nil, label: "saturday"))
    }

    @Test("count rules count no snapshot that its schedule stamps with a date: it frees none that they keep")
    func dated() {
        let snapshots = [Case.snapshot(1, "2027-05-31"), Case.snapshot(2, "2027-06-01")]
        func departures(_ items: [String]) -> [Int: DeletionDeparture] {
            Case.departures(snapshots, Case.policy(items, rules: KeepRules(last: 1)))
        }
        #expect(departures(["day: 7 days"])[2] == DeletionDeparture.none("beyond-horizon"))
        #expect(departures(["day: 7 days", "6 hours"])[2] == .on("2027-06-09T00:00:00Z", .projected, "rules"))
    }

    @Test("what has neither a date nor a rule is kept, and said to be")
    func noRule() {
        let snapshots = [Case.snapshot(1, "2027-01-01"), Case.snapshot(2, "2027-05-01", expires: "2027-07-01")]
        let policy = Case.policy(["day: 7 days"])
        #expect(Case.kept(snapshots, policy)[1] == [.noRule])
        #expect(Case.departures(snapshots, policy)[1] == DeletionDeparture.none("no-rule"))
    }

    @Test("tags keep for ever what bears all tags of one list")
    func tags() {
        let snapshots = [
            Case.snapshot(1, "2027-01-01", tags: ["release"]), Case.snapshot(2, "2027-01-02", tags: ["final", "release", "x"]),
            Case.snapshot(3, "2027-01-03", tags: ["audit"]), Case.snapshot(4, "2027-01-04"),
        ]
        let policy = Case.policy(["day"], rules: KeepRules(last: 1, tags: [["audit"], ["release", "final"]]))
        #expect(Case.kept(snapshots, policy) == [1: [], 2: [.tags], 3: [.tags], 4: [.last, .guard]])
        #expect(Case.departures(snapshots, policy)[2] == DeletionDeparture.none("tags"))
    }
}
