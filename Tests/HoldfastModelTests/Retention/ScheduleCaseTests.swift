import HoldfastModel
import Testing

private typealias Case = RetentionFixture

/// The worked cases 1 to 9 of `docs/RETENTION.md`, section 4.
@Suite("Worked cases: when snapshots are due, and how long they are kept")
struct ScheduleCaseTests {
    private func instants(_ every: String, at: String, after start: String, upTo end: String) -> [Timestamp] {
        Case.schedule(every).instants(
            after: Case.time(start), upTo: Case.time(end), at: TimeOfDay(at) ?? .evening, in: Case.berlin)
    }

    @Test("case 1: a local time that does not exist is the end of the gap")
    func gap() {
        #expect(
            instants("day", at: "02:30", after: "2027-03-27T12:00:00Z", upTo: "2027-03-28T12:00:00Z")
                == [Case.time("2027-03-28T01:00:00Z")])
    }

    @Test("case 2: of a local time that occurs twice, the first")
    func overlap() {
        #expect(
            instants("day", at: "02:30", after: "2027-10-30T12:00:00Z", upTo: "2027-10-31T12:00:00Z")
                == [Case.time("2027-10-31T00:30:00Z")])
    }

    @Test("case 3: every 6 hours is never more than 6 hours apart, and begins anew at each 18:00")
    func hours() {
        let short = instants("6 hours", at: "18:00", after: "2027-03-27T16:00:00Z", upTo: "2027-03-28T16:00:00Z")
        #expect(short.map(\.toTheMinute).map { $0.suffix(5) } == ["17:00", "23:00", "05:00", "11:00", "16:00"])
        let long = instants("6 hours", at: "18:00", after: "2027-10-30T15:00:00Z", upTo: "2027-10-31T17:00:00Z")
        #expect(long.map(\.toTheMinute).map { $0.suffix(5) } == ["16:00", "22:00", "04:00", "10:00", "16:00", "17:00"])
    }

    @Test(
        "case 4: the last day of the month is the 28th, 29th or 30th",
        arguments: [("2027-02-01", "2027-02-28"), ("2028-02-01", "2028-02-29"), ("2028-04-01", "2028-04-30")])
    func lastDay(month: String, last: String) {
        let every = Case.schedule("month on last")
        #expect(every.firstInstant(after: Case.time(month), at: .evening, in: .utc) == Case.time(last))
    }

    @Test(
        "case 5: expiry is counted in UTC, months and years keep the day, clamped",
        arguments: [
            ("2027-01-31", "1 month", "2027-02-28"), ("2028-02-29", "1 year", "2029-02-28"),
            ("2027-03-27T17:00:00Z", "1 day", "2027-03-28T17:00:00Z"),
        ])
    func expiry(taken: String, keep: String, expires: String) {
        #expect(Case.period(keep).after(Case.time(taken)) == Case.time(expires))
    }

    @Test("case 6: items of one instant make one snapshot, and the longest retention wins")
    func longest() {
        let items = ["6 hours", "day", "saturday", "month on last"].map(Case.schedule)
        let stamp = Policy().expiry(of: Case.time("2027-07-31"), items: items, ownKeep: nil, minKeep: nil)
        #expect(stamp.expires == Case.time("2028-07-31"))
        #expect(stamp.label == "month on last")
    }

    @Test("case 6: a Saturday that ends a month is due once, for all four items")
    func oneInstant() {
        let policy = Case.policy(["6 hours: 7 days", "day: 7 days", "saturday: 4 weeks", "month on last: 12 months"])
        let runs = [
            ("2027-06-30", ["6 hours", "day", "month on last"]), ("2027-07-24", ["6 hours", "day", "saturday"]),
            ("2027-07-30", ["6 hours", "day"]), ("2027-07-31T12:00:00Z", ["6 hours"]),
        ]
        let run = policy.due(
            after: runs.map { ScheduledRun(time: Case.time($0), items: $1) }, at: Case.time("2027-07-31"), isBackupOn: true)
        #expect(run.items.map(\.description) == ["6 hours", "day", "saturday", "month on last"])
        #expect(run.missed == 0)
    }

    @Test("case 6: a tie goes to the less frequent item")
    func tie() {
        let policy = Case.policy(["day: 28 days", "saturday: 4 weeks"])
        let stamp = policy.expiry(
            of: Case.time("2027-07-31"), items: policy.schedulesByFrequency, ownKeep: nil, minKeep: nil)
        #expect(stamp.expires == Case.time("2027-08-28"))
        #expect(stamp.label == "saturday")
    }

    @Test("case 7: a host that slept makes one snapshot for all that it missed")
    func asleep() {
        let policy = Case.policy(["day: 7 days", "month on last: 12 months"])
        let run = policy.due(
            after: [ScheduledRun(time: Case.time("2027-01-29"), items: ["day"])], at: Case.time("2027-02-02T12:00:00Z"),
            isBackupOn: true)
        #expect(run.isDue && run.items == [.day, .monthOn(.last)])
        #expect(run.missed == 2)
        #expect(run.next == Case.time("2027-02-02"))
    }

    @Test("case 8: a source without snapshots is due at once, for its most frequent item alone")
    func first() {
        let run = Policy().due(after: [], at: Case.time("2027-02-10"), isBackupOn: true)
        #expect(run.isDue && run.items == [.hours(6)] && run.missed == 0)
    }

    @Test("case 8: a newly added item does not fire for the past")
    func added() {
        let policy = Case.policy(["day: 7 days", "month on last: 12 months"])
        let runs = [ScheduledRun(time: Case.time("2027-02-09"), items: ["day"])]
        let run = policy.due(after: runs, at: Case.time("2027-02-10T20:00:00Z"), isBackupOn: true)
        #expect(run.items == [.day])
    }

    @Test("case 9: a run dated in the future is ignored")
    func future() {
        let runs = ["2099-01-01", "2027-01-04"].map { ScheduledRun(time: Case.time($0), items: ["day"]) }
        let run = Case.policy(["day: 7 days"]).due(after: runs, at: Case.time("2027-01-05T19:00:00Z"), isBackupOn: true)
        #expect(run.isDue && run.items == [.day])
    }

    @Test("nothing is due while backups are off, or without a schedule", arguments: [(false, ["day: 7 days"]), (true, [])])
    func nothing(isBackupOn: Bool, items: [String]) {
        let run = Case.policy(items).due(after: [], at: Case.time("2027-01-05"), isBackupOn: isBackupOn)
        #expect(!run.isDue && run.items.isEmpty && run.next == nil)
    }

    @Test("a snapshot on demand satisfies no item")
    func onDemand() {
        let runs = [
            ScheduledRun(time: Case.time("2027-01-04"), items: ["day"]),
            ScheduledRun(time: Case.time("2027-01-05T18:30:00Z"), items: []),
        ]
        let run = Case.policy(["day: 7 days"]).due(after: runs, at: Case.time("2027-01-05T19:00:00Z"), isBackupOn: true)
        #expect(run.isDue)
    }

    @Test("a snapshot on demand each day holds no item back")
    func starved() {
        let policy = Case.policy(["day: 7 days", "month on last: 12 months"])
        let byHand = ["2027-01-30T18:30:00Z", "2027-01-31T18:30:00Z"].map { ScheduledRun(time: Case.time($0), items: []) }
        let first = policy.due(after: byHand, at: Case.time("2027-01-31T19:00:00Z"), isBackupOn: true)
        #expect(first.isDue && first.items == [.day] && first.missed == 0)
        let runs = byHand + [ScheduledRun(time: Case.time("2027-01-30T19:00:00Z"), items: ["day"])]
        let run = policy.due(after: runs, at: Case.time("2027-01-31T19:00:00Z"), isBackupOn: true)
        #expect(run.items == [.day, .monthOn(.last)])
    }

    @Test("an item in the place of all others starts from the newest run of any, and not from one on demand")
    func replaced() {
        let runs = [("2027-02-09", ["day"]), ("2027-02-10T17:00:00Z", [])].map { ScheduledRun(time: Case.time($0), items: $1) }
        let due = { Case.policy(["12 hours: 7 days"]).due(after: runs, at: Case.time($0), isBackupOn: true) }
        #expect(due("2027-02-10T17:30:00Z").missed == 0 && due("2027-02-10T17:30:00Z").items == [.hours(12)])
        #expect(!due("2027-02-10T05:30:00Z").isDue)
    }

    @Test(
        "a clock or a header of another age makes a source due, and is not counted all the way",
        arguments: [("0000-01-01T00:00:00Z", "2027-06-01T12:00:00Z"), ("2027-06-01T12:00:00Z", "9999-12-31T12:00:00Z")])
    func anotherAge(taken: String, now: String) {
        let policy = Case.policy(["hour: 7 days", "year in december: 1 year"])
        let runs = [ScheduledRun(time: Case.time(taken), items: ["hour", "year in december"])]
        let run = policy.due(after: runs, at: Case.time(now), isBackupOn: true)
        #expect(run.isDue && run.items == policy.schedulesByFrequency)
        #expect(run.missed == 3660 * 24 - 1)
    }

    @Test("an outage of some years is counted to the last instant")
    func longOutage() {
        let runs = [ScheduledRun(time: Case.time("2020-06-01T12:00:00Z"), items: ["day"])]
        let run = Case.policy(["day: 7 days"]).due(after: runs, at: Case.time("2027-06-01T12:00:00Z"), isBackupOn: true)
        #expect(run.missed == 7 * 365)
    }
}
