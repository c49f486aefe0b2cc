import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A snapshot that a later version wrote")
struct FutureSnapshotTests {
    private let fixture: RestoreFixture

    init() throws { fixture = try RestoreFixture() }

    private func snapshot(_ novelty: RestoreCraft.Novelty?) async throws -> SnapshotID {
        let craft = RestoreCraft(fixture).add("src", .directory).file("src/a", "text")
        craft.novelty = novelty
        return try await craft.write()
    }

    /// `check --repair`: what it found, and whether it left everything as it was.
    private func repair() async throws -> (result: CheckResult, changesNothing: Bool) {
        let before = fixture.store.names
        let check = CheckRepository(repository: fixture.repository)
        let result = try await check.run(CheckRequest(.data(percent: 100), keys: fixture.keys, seed: 0))
        #expect(try await check.record(result, at: RestoreFixture.time, by: "admin"))
        let settings = RepairSettings(now: RestoreFixture.time, node: "admin", packByteCount: 64 << 10, tool: "test")
        let findings = try await RepairRepository(fixture.repository, keys: fixture.keys).run(result, settings) { _, _ in }
        return (result, findings.isEmpty && fixture.store.names == before)
    }

    @Test("is no damage: check says that it is newer, and a repair writes nothing", arguments: RestoreCraft.Novelty.allCases)
    func field(_ novelty: RestoreCraft.Novelty) async throws {
        let id = try await snapshot(novelty)
        let (result, changesNothing) = try await repair()
        let name = ObjectName.record(1, of: id).text
        #expect(result.errors.filter { $0.object == name }.map(\.kind) == [.newerFormat], "\(result.errors)")
        #expect(result.damagedSnapshots.isEmpty && result.soundSnapshots.isEmpty && changesNothing)
    }

    @Test("as a whole is no damage either")
    func version() async throws {
        let id = try await snapshot(nil)
        fixture.store.tamper(.record(1, of: id)) { $0[8] = 2 }
        let (result, changesNothing) = try await repair()
        let name = ObjectName.record(1, of: id).text
        #expect(result.errors.filter { $0.object == name }.map(\.kind) == [.newerFormat], "\(result.errors)")
        #expect(result.damagedSnapshots.isEmpty && changesNothing)
    }

    @Test("of a damaged one beside it is told as ever, and takes no harm by it")
    func beside() async throws {
        let (newer, damaged) = (try await snapshot(.entry), try await snapshot(nil))
        fixture.store.tamper(.record(1, of: damaged)) { $0[$0.count / 2] ^= 1 }
        let check = CheckRepository(repository: fixture.repository)
        let result = try await check.run(CheckRequest(.data(percent: 100), keys: fixture.keys, seed: 0))
        #expect(result.damagedSnapshots.keys.map(\.self) == [damaged])
        #expect(result.errors.contains { $0.object == ObjectName.record(1, of: newer).text && $0.kind == .newerFormat })
    }
}
