import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A store whose clock is another than this machine's")
struct KeysClockTests {
    /// One snapshot that K1 alone opens, in the trash until a date.
    private func fixture() async throws -> KeysFixture {
        let fixture = try await KeysFixture(clusters: 1)
        let id = try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        let purge = fixture.time + 7 * 86_400
        try await fixture.repositories[0].append(to: id, at: fixture.time, by: "test") { _ in
            .condemned(rule: SnapshotRecord.forgetRule, purgeAfter: purge)
        }
        try await fixture.rotate(to: fixture.K2)
        return fixture
    }

    private func project(_ fixture: KeysFixture, minutesOff: Int64) -> ProjectRepositories {
        fixture.project(machineTime: fixture.stores[0].clock.now + -minutesOff * 60)
    }

    @Test(
        "makes every date of every answer about keys a projection, beyond five minutes",
        arguments: [(5, true), (20, false), (-20, false)] as [(Int64, Bool)])
    func dates(minutesOff: Int64, isExact: Bool) async throws {
        let fixture = try await fixture()
        let project = project(fixture, minutesOff: minutesOff)
        let check = CheckKeys(project, keys: fixture.keys)
        let glances = [
            try await check.run([fixture.K1], at: fixture.time).verdict,
            try await check.run([fixture.K1], proving: true, at: fixture.time).verdict,
            try #require(await check.which(at: fixture.time).answer.alone[fixture.K1]),
        ]
        for verdict in glances { #expect(verdict.answer == .blocked && (verdict.when?.kind == .exact) == isExact) }
    }

    @Test("has nothing deleted, and nothing announced")
    func deletion() async throws {
        let fixture = try await KeysFixture(clusters: 1)
        try await fixture.rotate(to: fixture.K2)
        let before = try await fixture.logs()
        let error = await #expect(throws: HoldfastError.self) {
            try await fixture.delete(fixture.K1, in: project(fixture, minutesOff: 20))
        }
        guard case .refused(_, "c0", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await fixture.logs() == before)
        #expect(try await fixture.delete(fixture.K1, in: project(fixture, minutesOff: 5)).dates != nil)
    }
}
