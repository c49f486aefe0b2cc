import HoldfastModel
import Testing

private typealias Case = DeletionFixture

@Suite("What drills have shown, and when it is told")
struct DrillAlertTests {
    private static let plan = DrillPlan(every: Period(days: 7))

    private static func record(
        _ outcome: DrillRecord.Outcome, daysAgo: Int64, coversCluster: Bool = true
    ) -> DrillRecord {
        DrillRecord(
            at: Case.now + -daysAgo * 86_400, coversCluster: coversCluster, outcome: outcome,
            message: outcome == .passed ? "" : "a pack is gone")
    }

    private func alerts(
        _ records: [DrillRecord], plan: DrillPlan? = plan, remembered: AlertRound.Memory = [:],
        reading: ProjectReading = Case.project([])
    ) -> [Alert] {
        let watch = DrillWatch(plan: plan, histories: ["app": DrillHistory(records)])
        return AlertCheck(reading, under: .init(now: Case.now, rotateEvery: nil, remembered: remembered, drills: watch)).alerts
            .filter { $0.identity.kind == .drillFailed || $0.identity.kind == .drillOverdue }
    }

    private func told(_ alerts: [Alert]) -> String? {
        alerts.first.map { "\($0.level.rawValue) \($0.identity.kind.rawValue) \($0.identity.subject)" }
    }

    private static let cases: [(why: String, records: [DrillRecord], alert: String?, isDue: Bool)] = [
        ("none yet", [], "warning drill-overdue app", true),
        ("passed today", [record(.passed, daysAgo: 0)], nil, false),
        ("passed six days ago", [record(.passed, daysAgo: 6)], nil, false),
        ("due, and a timer may be late", [record(.passed, daysAgo: 7)], nil, true),
        ("late by less than a turn", [record(.passed, daysAgo: 13)], nil, true),
        ("a turn was missed", [record(.passed, daysAgo: 14)], "critical drill-overdue app", true),
        ("failed", [record(.passed, daysAgo: 2), record(.failed, daysAgo: 1)], "critical drill-failed app", true),
        ("mended", [record(.failed, daysAgo: 2), record(.passed, daysAgo: 1)], nil, false),
        (
            "one snapshot alone passed since, which is not all",
            [record(.failed, daysAgo: 2), record(.passed, daysAgo: 1, coversCluster: false)], "critical drill-failed app", true
        ),
        (
            "one snapshot alone failed",
            [record(.passed, daysAgo: 2), record(.failed, daysAgo: 1, coversCluster: false)], "critical drill-failed app", true
        ),
        ("one of the future shows nothing", [record(.passed, daysAgo: -365)], "warning drill-overdue app", true),
        ("nor does it hide an earlier one", [record(.passed, daysAgo: 1), record(.passed, daysAgo: -365)], nil, false),
        (
            "nor the lack of one", [record(.passed, daysAgo: 15), record(.passed, daysAgo: -365)], "critical drill-overdue app",
            true
        ),
        ("unfinished shows nothing", [record(.unfinished, daysAgo: 0)], "warning drill-overdue app", true),
        (
            "unfinished ones do not stand for one that passed",
            [record(.passed, daysAgo: 15), record(.unfinished, daysAgo: 0)], "critical drill-overdue app", true
        ),
        (
            "the order in which they ran decides, not the clock",
            [record(.failed, daysAgo: 1), record(.passed, daysAgo: 3)], nil, false
        ),
    ]

    @Test("a table of histories", arguments: cases.indices)
    func table(index: Int) {
        let (why, records, alert, isDue) = Self.cases[index]
        #expect(told(alerts(records)) == alert, "\(why)")
        #expect(DrillHistory(records).isDue(every: Self.plan.every, at: Case.now) == isDue, "\(why)")
    }

    @Test(
        "where none ever passed it becomes critical once one was missed since that was first told", arguments: [6, 7] as [Int64])
    func never(days: Int64) {
        let since = Case.now + -days * 86_400
        let identity = Alert.Identity(kind: .drillOverdue, subject: "app")
        let told = AlertRound.Told(level: .warning, message: "", since: since, toldAt: since)
        #expect(alerts([], remembered: [identity: told]).map(\.level) == [days == 7 ? .critical : .warning])
    }

    @Test("who asks for no drills, or has no snapshot, hears of none that are missing; of one that failed everybody does")
    func unasked() {
        #expect(alerts([], plan: nil).isEmpty)
        #expect(alerts([Self.record(.failed, daysAgo: 1)], plan: nil).map(\.level) == [.critical])
        #expect(alerts([], reading: ProjectReading(clusters: [Case.cluster("app", 1)], keys: Case.keys())).isEmpty)
    }

    @Test("an alert says what came of it, and which command to give")
    func words() throws {
        let alert = try #require(alerts([Self.record(.failed, daysAgo: 1)]).first)
        #expect(alert.message.contains("a pack is gone") && alert.next.contains("holdfast drill --cluster app"))
    }

    @Test("what failed is owed until a drill of the whole cluster passes, each part once, and the whole for all of its parts")
    func owed() throws {
        let ids = try ["a", "b"].map { try #require(SnapshotID(String(repeating: $0, count: 32))) }
        let (part, other) = (DrillPart(.percent(5), at: DrillSweep(key: 1)), DrillPart(.percent(5), at: DrillSweep(key: 2)))
        func record(_ turns: [(SnapshotID, DrillPart, DrillRecord.Outcome)], coversCluster: Bool = true) -> DrillRecord {
            DrillRecord(
                at: Case.now, coversCluster: coversCluster, outcome: turns.contains { $0.2 == .failed } ? .failed : .passed,
                turns: turns.map { DrillRecord.Turn(snapshot: $0, cmk: nil, part: $1, outcome: $2) })
        }
        let failed = [
            record([(ids[0], part, .failed), (ids[1], part, .passed)]),
            record([(ids[0], part, .failed), (ids[0], other, .failed)]),
        ]
        #expect(DrillHistory(failed).owed == [ids[0]: [part, other]])
        let whole = DrillPart(.everything, at: DrillSweep(key: 3))
        let named = failed + [record([(ids[0], whole, .failed)], coversCluster: false)]
        #expect(DrillHistory(named).owed == [ids[0]: [whole]])
        #expect(DrillHistory(named + [record([(ids[0], whole, .passed)], coversCluster: false)]).owed == [ids[0]: [whole]])
        #expect(DrillHistory(named + [record([(ids[0], whole, .passed)])]).owed.isEmpty)
    }

    @Test("what is remembered of drills and cannot be read is an alert of its own, and ends none that stands")
    func unreadable() {
        let watch = DrillWatch(plan: Self.plan, unreadable: ["app": "it is damaged"])
        let check = AlertCheck(Case.project([]), under: .init(now: Case.now, rotateEvery: nil, drills: watch))
        #expect(check.alerts.map { $0.identity.kind }.filter { $0.rawValue.hasPrefix("drill") } == [.drillsUnreadable])
        #expect(check.alerts.first?.level == .critical && !check.isComplete)
    }

    @Test("where no snapshot is left, none that failed is told")
    func empty() {
        let reading = ProjectReading(clusters: [Case.cluster("app", 1)], keys: Case.keys())
        #expect(alerts([Self.record(.failed, daysAgo: 1)], reading: reading).isEmpty)
    }

    @Test("a plan is that of the machine that it names, or everybody's")
    func host() {
        #expect(Self.plan.concerns("any"))
        let named = DrillPlan(every: Period(days: 7), host: "b1")
        #expect(named.concerns("b1") && !named.concerns("b2"))
    }
}
