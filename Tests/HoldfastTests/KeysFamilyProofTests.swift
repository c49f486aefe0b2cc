import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("The proof where a CMK has relatives")
struct KeysFamilyProofTests {
    /// Snapshots under K1, whose relative is K3; K2 is active.
    private func withFamily() async throws -> KeysFixture {
        let fixture = try await KeysFixture()
        fixture.keyManager.join([fixture.K1, fixture.K3])
        for cluster in 0...1 { try await fixture.takeSnapshot(in: cluster, under: [fixture.K1]) }
        try await fixture.rotate(to: fixture.K2)
        return fixture
    }

    @Test("opens by the member that stays, tells that one, and never asks the one that is to go")
    func relative() async throws {
        let fixture = try await withFamily()
        // K1 could not even be asked.
        fixture.keyManager.set(fixture.K1, .disabled)
        let report = try await fixture.check(fixture.K1)
        #expect(report.invitesDeletion && report.exitCode == 0, "\(report.lines())")
        #expect(report.coverage.flatMap(\.opened).map(\.opening.cmk) == [fixture.K3, fixture.K3])
        #expect(try await fixture.delete(fixture.K1).dates?.keys.map(\.self) == [fixture.K1])
    }

    @Test("is none of both members together, nor while the one that stays cannot open anything")
    func blocked() async throws {
        let fixture = try await withFamily()
        try await RetireKey(fixture.project(), keys: fixture.keys).run(fixture.K3, at: fixture.time, by: "test")
        #expect(try await fixture.check(fixture.K1, fixture.K3).exitCode == 20)
        fixture.keyManager.set(fixture.K3, .disabled)
        #expect(try await fixture.check(fixture.K1).exitCode == 20)
        fixture.keyManager.set(.denied, for: fixture.K3)
        #expect(try await fixture.check(fixture.K1).exitCode == 20)
        fixture.keyManager.set(.unreachable, for: fixture.K3)
        #expect(try await fixture.check(fixture.K1).exitCode == 21)
    }

    @Test("of another CMK opens by a relative where the member that an envelope names cannot")
    func untouched() async throws {
        let fixture = try await withFamily()
        let spare = fixture.cmks[3]
        try await RetireKey(fixture.project(), keys: fixture.keys).run(spare, at: fixture.time, by: "test")
        fixture.keyManager.set(fixture.K1, .disabled)
        #expect(try await fixture.check(spare).exitCode == 0)
        fixture.keyManager.set(fixture.K3, .disabled)
        #expect(try await fixture.check(spare).exitCode == 22)
    }
}
