import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("A proof from which a snapshot in the trash vanishes")
struct KeysVanishingTests {
    enum Standing: CaseIterable {
        case over, waiting, held
    }

    /// K1 rotated out, and a snapshot in the trash that it alone opens, whatever a forged envelope says.
    private func trash(_ standing: Standing) async throws -> (fixture: KeysFixture, id: SnapshotID) {
        let fixture = try await KeysFixture(clusters: 1)
        let id = try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        try await fixture.rotate(to: fixture.K2)
        try await fixture.rewrap(id, in: 0, from: fixture.K1, to: fixture.K2, genuine: false)
        let end = fixture.time + (standing == .waiting ? 6 : -1) * PruneYard.day
        let repository = fixture.repositories[0]
        try await repository.append(to: id, at: end + -7 * PruneYard.day, by: "test") { _ in
            .condemned(rule: SnapshotRecord.forgetRule, purgeAfter: end)
        }
        if standing == .held { try await repository.append(to: id, at: fixture.time, by: "test") { _ in .hold("case-7") } }
        return (fixture, id)
    }

    private func project(_ fixture: KeysFixture, showing id: SnapshotID, times: Int) -> ProjectRepositories {
        let store = VanishingStore(fixture.stores[0], id, readings: times)
        return fixture.project { _ in store }
    }

    @Test("is whole without it only where its time there is over and nothing keeps it", arguments: Standing.allCases)
    func checked(_ standing: Standing) async throws {
        let (fixture, id) = try await trash(standing)
        let report = try await fixture.check(fixture.K1, of: project(fixture, showing: id, times: 1))
        #expect(report.exitCode == (standing == .over ? 0 : 20))
        #expect(report.failures.map(\.snapshot) == (standing == .over ? [] : [id]))
    }

    @Test("allows no deletion while it may be undeleted yet", arguments: Standing.allCases)
    func deleted(_ standing: Standing) async throws {
        let (fixture, id) = try await trash(standing)
        // Once by the glance, once by the reading.
        let outcome = try await fixture.delete(fixture.K1, in: project(fixture, showing: id, times: 2))
        #expect((outcome.dates != nil) == (standing == .over))
        #expect((fixture.keyManager.calls[.scheduleDeletion] == nil) == (standing != .over))
    }
}

/// Shows nothing of one snapshot any more once its manifest was read so often, and is to be read again.
private final class VanishingStore: ForwardingStore {
    let base: MemoryStore
    private let id: SnapshotID
    private let readingsLeft: Mutex<Int>

    init(_ base: MemoryStore, _ id: SnapshotID, readings: Int) {
        self.base = base
        self.id = id
        readingsLeft = Mutex(readings)
    }

    private func hides(_ name: ObjectName) -> Bool {
        name.text.hasPrefix(ObjectPrefix.snapshot(id).text) && readingsLeft.withLock { $0 < 0 }
    }

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        if name == .record(1, of: id) { readingsLeft.withLock { $0 -= 1 } }
        guard !hides(name) else { throw .notFound(name) }
        return try await base.read(name, range: range)
    }

    func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? {
        hides(name) ? nil : try await base.stat(name)
    }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        try await base.list(prefix).filter { !hides($0.name) }
    }
}
