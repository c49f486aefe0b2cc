import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

/// On a machine that remembers nothing, where no witness misses what is lost.
@Suite("The deletion check where start records are gone")
struct KeysStartGoneTests {
    /// A snapshot that K1 alone opens, one that K2 opens, and K1 rotated out.
    private func retired() async throws -> (fixture: KeysFixture, id: SnapshotID) {
        let fixture = try await KeysFixture(clusters: 1)
        let id = try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        try await fixture.rotate(to: fixture.K2)
        try await fixture.takeSnapshot(in: 0, under: [fixture.K2])
        return (fixture, id)
    }

    private func requireUnknown(_ fixture: KeysFixture, why: Set<String>, remedy: String) async throws {
        for isProving in [false, true] {
            let report = try await fixture.check(fixture.K1, proving: isProving)
            #expect(report.exitCode == 21 && Set(report.verdict.unknowns.map(\.why)) == why)
            #expect(report.lines().contains { $0.contains(remedy) }, "\(report.lines())")
        }
        let which = await CheckKeys(fixture.project(), keys: fixture.keys).which(at: fixture.time)
        #expect(which.answer.together.isEmpty && which.lines.contains { $0.contains(remedy) })
        let survey = await ReadProject(fixture.project(), keys: fixture.keys).glance(at: fixture.time)
        let alerts = AlertCheck(survey.reading, under: .init(now: fixture.time, rotateEvery: nil)).alerts
        #expect(alerts.contains { $0.identity.kind == .unreadable && $0.level == .critical })
        #expect(try await fixture.delete(fixture.K1).report?.exitCode == 21)
        #expect(fixture.keyManager.calls[.scheduleDeletion] == nil)
    }

    @Test(
        "W14: a manifest that has lost its own may be live again any day: unknown, whether it can be read or not",
        arguments: [true, false])
    func lostStart(isReadable: Bool) async throws {
        let (fixture, id) = try await retired()
        let start = try await fixture.stores[0].read(.record(0, of: id))
        try await fixture.stores[0].delete(.record(0, of: id))
        if !isReadable { fixture.stores[0].tamper(.record(1, of: id)) { $0[130] ^= 1 } }
        try await requireUnknown(fixture, why: ["start-gone"], remedy: "put snapshots/\(id)/0 back")
        try await fixture.stores[0].create(.record(0, of: id), start)
        #expect(try await fixture.check(fixture.K1).exitCode == (isReadable ? 20 : 21))
    }

    @Test("what a purge left, that was cut short, needs nothing")
    func cutShort() async throws {
        let (fixture, id) = try await retired()
        try await fixture.repositories[0].append(to: id, at: fixture.time, by: "pruner") { _ in .deleting }
        try await fixture.stores[0].delete(.record(0, of: id))
        #expect(try await fixture.check(fixture.K1).exitCode == 0)
    }

    @Test("a start record that only the listing has missed counts as it stands")
    func missedByListing() async throws {
        let (fixture, id) = try await retired()
        let project = fixture.project { _ in ForgetfulStore(base: fixture.stores[0], hidden: .record(0, of: id)) }
        let report = try await fixture.check(fixture.K1, of: project)
        #expect(report.exitCode == 20 && report.verdict.blockers.map(\.id) == [id.hex] && report.verdict.unknowns.isEmpty)
    }

    @Test("W14: packs beside which not one is listed are no empty repository: unknown", arguments: [true, false])
    func onlyPacks(manifestsStand: Bool) async throws {
        let (fixture, _) = try await retired()
        for name in fixture.stores[0].names {
            guard case .record(let n, _) = name.parsed, n == 0 || !manifestsStand else { continue }
            try await fixture.stores[0].delete(name)
        }
        try await requireUnknown(
            fixture, why: manifestsStand ? ["start-gone", "only-packs"] : ["only-packs"],
            remedy: "prune --yes --full --cluster c0")
    }

    @Test("a repository without snapshots and without packs is empty, and nothing in it needs a CMK")
    func empty() async throws {
        let fixture = try await KeysFixture(clusters: 1)
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.check(fixture.K1).exitCode == 0)
    }
}

/// A listing of all snapshots lacks one object that stands.
private struct ForgetfulStore: ForwardingStore {
    let base: MemoryStore
    let hidden: ObjectName

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        try await base.list(prefix).filter { prefix != .snapshots || $0.name != hidden }
    }
}
