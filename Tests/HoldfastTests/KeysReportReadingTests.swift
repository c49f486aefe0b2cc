import Holdfast
import HoldfastModel
import Testing

@Suite("Reading a project for its keys report")
struct KeysReportReadingTests {
    private func report(_ fixture: KeysFixture, _ project: ProjectRepositories? = nil) async -> KeysReport {
        await ReportKeys(project ?? fixture.project(), keys: fixture.keys).run(
            named: "test", rotateEvery: Period(days: 90), remembered: [:], drills: DrillWatch(), at: fixture.time)
    }

    @Test("the report says what the check says, with the bytes that snapshots stored")
    func agreement() async throws {
        let fixture = try await KeysFixture()
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        try await fixture.rotate(to: fixture.K2)
        try await fixture.takeSnapshot(in: 1, under: [fixture.K2])
        let report = await report(fixture)
        let key = try #require(report.keys.first { $0.cmk == fixture.K1 })
        #expect(report.isComplete && key.standing == .notYet && key.byteCount == 100)
        let check = try await fixture.check(fixture.K1, proving: false)
        #expect(key.verdict == check.verdict)
        #expect(report.keys.first { $0.cmk == fixture.K2 }?.activeSpans.map(\.from) == [fixture.time])
    }

    @Test("a repository that is left out makes it incomplete, and nothing deletable; attested as gone it does not")
    func leftOut() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        let partial = await report(fixture, fixture.project(without: 1))
        #expect(!partial.isComplete && partial.deletable.isEmpty && partial.unconfigured == [fixture.repositories[1].id])
        #expect(partial.alerts.contains { $0.identity.kind == .unreadable && $0.level == .critical })
        let gone = await report(fixture, fixture.project(without: 1, gone: [fixture.repositories[1].id]))
        #expect(gone.isComplete && gone.deletable.contains { $0.cmk == fixture.K1 })
    }
}
