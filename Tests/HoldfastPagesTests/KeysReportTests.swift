import Holdfast
import HoldfastModel
import Testing

private typealias Case = ReportFixture

@Suite("What the keys report holds")
struct KeysReportTests {
    private func standing(_ reading: ProjectReading, _ cmk: CMK = Case.K1) throws -> ReportedKey.Standing {
        try Case.report(reading).key(cmk).standing
    }

    @Test("each key stands where the check puts it")
    func standings() throws {
        let needed = [Case.snapshot(1, [Case.K1])]
        #expect(try standing(Case.reading()) == .canGo)
        #expect(try standing(Case.reading(), Case.K2) == .inUse)
        #expect(try standing(Case.reading(needed)) == .notYet)
        #expect(try standing(Case.reading(states: [Case.K1: .pendingDeletion])) == .leaving)
        #expect(try standing(Case.reading(needed, states: [Case.K1: .pendingDeletion])) == .notYet)
        #expect(try standing(Case.reading(states: [Case.K1: .deleted])) == .gone)
        let covered = [Case.snapshot(1, [Case.K1, Case.K3])]
        #expect(try standing(Case.reading(covered, states: [Case.K3: .unreachable])) == .unknown)
        #expect(try standing(Case.reading(states: [Case.K3: .enabled]), Case.K3) == .unused)
        let superseded = KeyLog(
            [(0, Case.K1), (1, Case.K2)].map { .init(n: $0, at: Case.now, by: "test", event: .activate($1)) })
        #expect(try standing(Case.reading(log: superseded)) == .canGo)
    }

    @Test("of two that are free and open the same snapshot only one is among those that can go, and both name the conflict")
    func conflict() throws {
        let log = Case.log([("2027-03-01", .retire(Case.K3))])
        let reading = Case.reading([Case.snapshot(1, [Case.K1, Case.K3])], log: log, states: [Case.K3: .enabled])
        let report = Case.report(reading)
        #expect(report.deletable.map(\.cmk) == [Case.K1])
        #expect(try report.key(Case.K3).standing == .conflicted)
        #expect(try report.key(Case.K1).conflicts.map(\.keepOneOf) == [[Case.K1, Case.K3]])
        #expect(try report.key(Case.K3).conflicts.count == 1)
    }

    @Test("what the key alone opens is listed first, then what leaves last; the rest is counted")
    func listing() throws {
        let snapshots = [
            Case.snapshot(1, [Case.K1], expires: "2027-07-01"), Case.snapshot(2, [Case.K1], expires: "2027-09-01"),
            Case.snapshot(3, [Case.K1, Case.K2], expires: "2028-01-01"), Case.snapshot(4, [Case.K1], expires: nil),
        ]
        let key = try Case.report(Case.reading(snapshots), limit: 3).key(Case.K1)
        #expect(key.snapshots.map(\.snapshot.id) == [4, 2, 1].map { Case.id($0) })
        #expect(key.snapshotCount == 4 && key.neededCount == 3 && key.omittedCount == 1)
        #expect(!key.snapshots.contains { !$0.isNeeded })
        let other = try Case.report(Case.reading(snapshots)).key(Case.K2)
        #expect(other.snapshots.count == 2 && other.neededCount == 1)
    }

    @Test("a rewrap that is not proven stands in for nothing, and is named so")
    func rewrapped() throws {
        var snapshot = Case.snapshot(1, [Case.K1])
        snapshot.laterEnvelopes = [Case.K2]
        let key = try Case.report(Case.reading([snapshot])).key(Case.K1)
        #expect(key.standing == .notYet)
        #expect(key.snapshots.first?.openers.map(\.isUnproven) == [false, true])
    }

    @Test("retirement is told per cluster, and where it is missing")
    func retirement() throws {
        var reading = Case.reading()
        let other = KeyLog([KeyRecord(n: 0, at: Case.time("2027-01-01"), by: "test", event: .activate(Case.K2))])
        reading.clusters.append(Case.cluster("other", 2, [], log: other))
        let key = try Case.report(reading).key(Case.K1)
        #expect(key.retirements.map(\.cluster) == ["app"] && key.notRetiredIn == ["other"])
    }

    @Test("a report is whole only if everything was read and every CMK that is not gone answered")
    func completeness() {
        #expect(Case.report(Case.reading()).isComplete)
        #expect(!Case.report(Case.reading(states: [Case.K1: .unreachable])).isComplete)
        var unread = Case.reading()
        unread.clusters[0].problem = "unreachable"
        #expect(!Case.report(unread).isComplete && Case.report(unread).deletable.isEmpty)
        var foreign = Case.reading()
        foreign.clusters[0].keyLog?.append(.init(n: 4, at: Case.now, by: "test", event: .roster([Case.id(9)])))
        #expect(!Case.report(foreign).isComplete && Case.report(foreign).unconfigured == [Case.id(9)])
        foreign.gone = [Case.id(9)]
        #expect(Case.report(foreign).isComplete)
        let deleted = Case.log([("2027-04-01", .deleted(Case.K1))])
        #expect(Case.report(Case.reading(log: deleted, states: [Case.K1: .deleted])).isComplete)
        #expect(!Case.report(Case.reading(log: deleted, states: [Case.K1: .unreachable])).isComplete)
    }

    @Test("the demonstration shows every standing, every kind of date, a conflict, a hold and a danger, always the same")
    func demo() {
        let demo = KeysReport.demo
        #expect(Set(demo.keys.map(\.standing)) == Set(ReportedKey.Standing.allCases).subtracting([.unused]))
        let kinds = Set(demo.keys.compactMap { $0.verdict?.when?.kind })
        #expect(kinds.isSuperset(of: [.exact, .projected, .waiting, .never]))
        #expect(demo.which.answer.conflicts.count == 1 && demo.deletable.count == 2)
        #expect(demo.alerts.contains { $0.identity.kind == .cmkPendingDeletion && $0.level == .critical })
        #expect(demo.keys.flatMap(\.snapshots).contains { $0.snapshot.holds == ["case-7"] })
        #expect(demo.isDemo && !demo.isComplete && demo.which.read.openSnapshotCount == 1)
        #expect(demo.keys.map(\.cmk) == KeysReport.demo.keys.map(\.cmk))
    }
}
