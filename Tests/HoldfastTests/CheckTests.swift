import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Check")
struct CheckTests {
    enum Depth: CaseIterable { case structure, keyless, keyed }

    private func twoSnapshots() async throws -> (cluster: TestCluster, first: SnapshotID, second: SnapshotID) {
        let cluster = try await TestCluster()
        let description = RepositoryDescription(repository: cluster.repository.id, created: cluster.time)
        try await cluster.store.create(.repository, description.encoded)
        let source = try Scratch()
        var random = SeededRandom(seed: 3)
        for name in ["a", "b/c"] { try source.write(random.bytes(300_000), to: name) }
        let first = try await cluster.backUp(cluster.request([source.path])).snapshot
        try source.write(random.bytes(200_000), to: "b/d")
        let second = try await cluster.backUp(cluster.request([source.path], after: 60)).snapshot
        return (cluster, first, second)
    }

    private func check(_ cluster: TestCluster, _ depth: Depth, percent: Int = 100) async throws -> CheckResult {
        var request = CheckRequest(depth == .structure ? .structure : .data(percent: percent), seed: 0)
        if depth == .keyed { request.keys = cluster.keys }
        return try await CheckRepository(repository: cluster.repository).run(request)
    }

    private func packs(_ id: SnapshotID, in cluster: TestCluster) async throws -> [PackEntry] {
        try await cluster.repository.readSnapshot(id)?.packs ?? []
    }

    @Test("a sound repository has no errors, an open snapshot and stray objects included", arguments: Depth.allCases)
    func sound(depth: Depth) async throws {
        let (cluster, first, second) = try await twoSnapshots()
        let open: SnapshotID = try #require(SnapshotID(String(repeating: "ab", count: 16)))
        let start = SnapshotStart(cluster: "default", node: "node", source: "s", base: first, keyLogPosition: 1)
        let record = SnapshotRecord(n: 0, at: cluster.time, by: "node", event: .start(start))
        let bytes = try SnapshotRecordCodec.encode(record, repository: cluster.repository.id, snapshot: open, prev: nil)
        try await cluster.store.create(.record(0, of: open), bytes)
        let stray = try #require(try await packs(first, in: cluster).first)
        try await cluster.store.create(.pack(stray.id, of: open), [1, 2, 3])
        let result = try await check(cluster, depth)
        #expect(result.errors.isEmpty)
        #expect(result.checked.snapshots == 2 && result.checked.open == 1 && result.checked.strays == 1)
        #expect(result.checked.packs == Set(try await packs(second, in: cluster) + packs(first, in: cluster)).count)
        #expect(result.checked.packsRead == (depth == .structure ? 0 : result.checked.packs))
        #expect(result.soundSnapshots == (depth == .keyed ? [first, second] : []))
        #expect(result.checked.files == (depth == .keyed ? 5 : 0))
    }

    enum Damage: CaseIterable {
        case missingPack, shortPack, flippedPack, manifest, startRecord, laterRecord, manifestGone, keyRecord, keyRecordGone,
            description, unknownKind

        /// The shallowest check that sees it.
        var isSeenByStructure: Bool { self != .flippedPack }
    }

    @Test("every kind of damage is found by name", arguments: Damage.allCases, Depth.allCases)
    func damaged(damage: Damage, depth: Depth) async throws {
        let (cluster, first, _) = try await twoSnapshots()
        let (name, kind) = try await apply(damage, to: first, in: cluster)
        let result = try await check(cluster, depth)
        guard damage.isSeenByStructure || depth != .structure else {
            #expect(result.errors.isEmpty)
            return
        }
        #expect(result.errors.contains { $0.object == name.text && $0.kind == kind }, "\(result.errors)")
        #expect(result.errors.allSatisfy { !$0.message.isEmpty })
    }

    private func apply(
        _ damage: Damage, to id: SnapshotID, in cluster: TestCluster
    ) async throws -> (ObjectName, CheckError.Kind) {
        let (store, pack) = (cluster.store, try #require(try await packs(id, in: cluster).first?.name))
        let repository = cluster.repository
        switch damage {
        case .missingPack:
            try await store.delete(pack)
            return (pack, .missing)
        case .shortPack:
            store.tamper(pack) { $0.removeLast() }
            return (pack, .length)
        case .flippedPack:
            store.tamper(pack) { $0[$0.count / 2] ^= 1 }
            return (pack, .damaged)
        case .manifest:
            store.tamper(.record(1, of: id)) { $0[$0.count / 2] ^= 1 }
            return (.record(1, of: id), .record)
        case .startRecord:
            store.tamper(.record(0, of: id)) { $0[30] ^= 1 }
            return (.record(0, of: id), .record)
        case .laterRecord:
            try await repository.append(to: id, at: cluster.time, by: "x") { _ in .sound }
            store.tamper(.record(2, of: id)) { $0[30] ^= 1 }
            return (.record(2, of: id), .record)
        case .manifestGone:
            try await repository.append(to: id, at: cluster.time, by: "x") { _ in .sound }
            try await store.delete(.record(1, of: id))
            return (.record(1, of: id), .record)
        case .keyRecord:
            store.tamper(.keyRecord(1)) { $0[30] ^= 1 }
            return (.keyRecord(1), .keyLog)
        case .keyRecordGone:
            try await store.delete(.keyRecord(0))
            return (.keyRecord(0), .keyLog)
        case .description:
            store.tamper(.repository) { $0.removeLast() }
            return (.repository, .record)
        case .unknownKind:
            try await repository.append(to: id, at: cluster.time, by: "x") { _ in .unknown(kind: "frozen") }
            return (.record(2, of: id), .newerFormat)
        }
    }

    @Test("with keys, a manifest that nothing opens is found, and the others are still read")
    func unopened() async throws {
        let (cluster, first, _) = try await twoSnapshots()
        let request = CheckRequest(.data(percent: 100), keys: KeyManagers([FakeKeyManager()], trusted: []), seed: 0)
        let result = try await CheckRepository(repository: cluster.repository).run(request)
        #expect(result.errors.map(\.kind) == [.unopened, .unopened])
        #expect(result.errors.contains { $0.object == ObjectName.record(1, of: first).text })
        #expect(result.checked.packsRead == result.checked.packs)
    }

    @Test("W14: what this machine remembers and no longer finds is an alarm that says how it ends, until it is accepted")
    func alarmed() async throws {
        let (cluster, first, _) = try await twoSnapshots()
        var request = CheckRequest(.structure, seed: 0)
        request.watch = WitnessWatch(cluster.witness, policy: Policy(), at: cluster.time)
        let check = CheckRepository(repository: cluster.repository)
        #expect(try await check.run(request).errors.isEmpty)
        for n in 0...1 { try await cluster.store.delete(.record(n, of: first)) }
        let errors = try await check.run(request).errors
        #expect(errors.map(\.kind) == [.alarm])
        #expect(errors.first?.message.hasSuffix("holdfast check --accept \(first)") == true)
        request.watch?.accepting = [.snapshot(first)]
        let accepted = try await check.run(request)
        #expect(accepted.errors.isEmpty && accepted.accepted == [.snapshotGone(first)])
        request.watch?.accepting = []
        #expect(try await check.run(request).errors.isEmpty)
    }

    @Test("packs of many owners are counted once, and one that is missing is named with the snapshots that need it")
    func manyPacks() async throws {
        let yard = try await PruneYard()
        var (all, last): ([PackEntry], SnapshotID?) = ([], nil)
        for _ in 0..<40 {
            let id = try await yard.snapshot(sharing: Array(all.suffix(15)).sorted { $0.id < $1.id })
            all += try await yard.packs(of: id).filter { $0.owner == id }
            last = id
        }
        let check = CheckRepository(repository: yard.repository)
        #expect(try await check.run(CheckRequest(.structure, seed: 0)).checked.packs == 40)
        let lost = all[37]
        try await yard.store.delete(lost.name)
        let result = try await check.run(CheckRequest(.structure, seed: 0))
        #expect(result.errors.map(\.object) == [lost.name.text])
        #expect(result.errors.first?.kind == .missing)
        #expect(result.damagedSnapshots.count == 3)
        #expect(result.damagedSnapshots.keys.contains(try #require(last)))
    }

    @Test("with a key log that cannot be read, nothing is compared nor accepted, and that is told")
    func uncompared() async throws {
        let (cluster, first, _) = try await twoSnapshots()
        for n in 0...1 { try await cluster.store.delete(.record(n, of: first)) }
        cluster.store.tamper(.keyRecord(1)) { $0[30] ^= 1 }
        var request = CheckRequest(.structure, seed: 0)
        request.watch = WitnessWatch(cluster.witness, policy: Policy(), at: cluster.time)
        request.watch?.accepting = [.snapshot(first)]
        let check = CheckRepository(repository: cluster.repository)
        let result = try await check.run(request)
        #expect(Set(result.errors.map(\.kind)) == [.keyLog, .alarm] && result.accepted.isEmpty)
        #expect(result.errors.contains { $0.kind == .alarm && $0.message.contains("nothing was compared") })
        // What was not accepted then is not accepted by itself later.
        cluster.store.tamper(.keyRecord(1)) { $0[30] ^= 1 }
        request.watch?.accepting = []
        #expect(try await check.run(request).errors.map(\.kind) == [.alarm])
    }

    @Test("damage in a shared pack touches every snapshot that needs it, and a chunk is named")
    func touched() async throws {
        let (cluster, first, second) = try await twoSnapshots()
        let before = Set(try await packs(first, in: cluster).map(\.id))
        let shared = try #require(
            try await packs(second, in: cluster).filter { before.contains($0.id) }.max { $0.byteCount < $1.byteCount })
        cluster.store.tamper(shared.name) { bytes in for index in bytes.indices { bytes[index] ^= 1 } }
        let result = try await check(cluster, .keyed)
        #expect(Set(result.damagedSnapshots.keys) == [first, second])
        #expect(result.soundSnapshots.isEmpty)
        #expect(result.errors.contains { $0.kind == .content && $0.object == shared.name.text })
    }

    @Test("a chunk that does not open in a pack whose bytes are right touches every snapshot that has it")
    func misread() async throws {
        let fixture = try RestoreFixture()
        let craft = RestoreCraft(fixture)
        let chunk = craft.chunk("text")
        try await craft.closePack(spoiling: chunk.frameRange.lowerBound + 5)
        let first = try await craft.add("src", .directory).file("src/f", [chunk]).finish().id
        let second = try await craft.finishAgain().id
        let result = try await CheckRepository(repository: fixture.repository)
            .run(CheckRequest(.data(percent: 100), keys: fixture.keys, seed: 0))
        let pack = try #require(try await fixture.open(first).body.packKeys.entry(chunk.packNumber))
        #expect(Set(result.damagedSnapshots.keys) == [first, second] && result.soundSnapshots.isEmpty)
        #expect(result.damagedSnapshots.values.allSatisfy { $0.packs == [pack.id] })
    }

    @Test("a snapshot whose listing names a pack that its table does not is damaged, whatever the pack is for")
    func unlistedPack() async throws {
        let fixture = try RestoreFixture()
        let craft = RestoreCraft(fixture)
        let chunk = craft.chunk("text")
        var stray = chunk
        stray.packNumber = 99
        let snapshot = try await craft.add("src", .directory)
            .file("src/f", [chunk]) { $0.pageMap = ChunkReferences.encode([stray]) }.finish()
        let result = try await CheckRepository(repository: fixture.repository)
            .run(CheckRequest(.data(percent: 100), keys: fixture.keys, seed: 0))
        #expect(Set(result.damagedSnapshots.keys) == [snapshot.id])
    }

    @Test("what was found is written down once, and taken back when all is well again")
    func recorded() async throws {
        let (cluster, first, second) = try await twoSnapshots()
        let pack = try #require(try await packs(second, in: cluster).first { $0.owner == second }).name
        let check = CheckRepository(repository: cluster.repository)
        cluster.store.tamper(pack) { $0[20] ^= 1 }
        for _ in 0..<2 {
            let result = try await self.check(cluster, .keyed)
            #expect(try await check.record(result, at: cluster.time, by: "admin"))
        }
        #expect(try await cluster.repository.readSnapshot(second)?.log.isDamaged == true)
        #expect(try await cluster.repository.readSnapshot(second)?.log.length == 3)
        cluster.store.tamper(pack) { $0[20] ^= 1 }
        #expect(try await check.record(self.check(cluster, .keyed), at: cluster.time, by: "admin"))
        #expect(try await cluster.repository.readSnapshot(second)?.log.isDamaged == false)
        #expect(try await cluster.repository.readSnapshot(first)?.log.length == 2)
    }

    @Test("what a snapshot's log says of damage every check says, until all of it was read and found sound")
    func logged() async throws {
        let (cluster, _, second) = try await twoSnapshots()
        let pack = try #require(try await packs(second, in: cluster).first { $0.owner == second }).name
        let repository = CheckRepository(repository: cluster.repository)
        cluster.store.tamper(pack) { $0[20] ^= 1 }
        #expect(try await repository.record(check(cluster, .keyless), at: cluster.time, by: "admin"))
        let structure = try await check(cluster, .structure)
        #expect(structure.errors.map(\.kind) == [.damaged] && structure.errors.map(\.object) == ["snapshots/\(second)/"])
        #expect(Array(structure.damagedSnapshots.keys) == [second] && structure.touchedSnapshots == [second])
        #expect(try await !check(cluster, .keyed).errors.contains { $0.object == "snapshots/\(second)/" })
        // What is said again is no news.
        #expect(try await repository.record(structure, at: cluster.time, by: "admin"))
        #expect(try await cluster.repository.readSnapshot(second)?.log.length == 3)
        cluster.store.tamper(pack) { $0[20] ^= 1 }
        #expect(try await check(cluster, .keyless).errors.map(\.kind) == [.damaged])
        #expect(try await check(cluster, .keyed).isSound)
    }

    @Test("a part of the packs is a part, and none is none")
    func percent() async throws {
        let (cluster, _, _) = try await twoSnapshots()
        #expect(try await check(cluster, .keyless, percent: 0).checked.packsRead == 0)
        let half = CheckRequest(.data(percent: 50), seed: 1)
        let read = try await CheckRepository(repository: cluster.repository).run(half).checked
        #expect(read.packsRead <= read.packs)
    }

    @Test("what is purged while it is checked is no error", arguments: Depth.allCases)
    func purged(depth: Depth) async throws {
        let (cluster, first, second) = try await twoSnapshots()
        let own = try await packs(second, in: cluster).filter { $0.owner == second }
        let purging = PurgingStore(cluster.store, names: [.record(0, of: second)] + own.map(\.name))
        let base = cluster.repository
        let repository = Repository(id: base.id, store: purging, project: base.project, cluster: base.cluster)
        var request = CheckRequest(depth == .structure ? .structure : .data(percent: 100), seed: 0)
        if depth == .keyed { request.keys = cluster.keys }
        let result = try await CheckRepository(repository: repository).run(request)
        #expect(result.errors.isEmpty)
        #expect(!result.soundSnapshots.contains(second))
        #expect(result.soundSnapshots == (depth == .keyed ? [first] : []))
    }
}

/// Purges a snapshot once the packs are being listed.
private final class PurgingStore: ForwardingStore {
    let base: MemoryStore
    private let names: [ObjectName]

    init(_ base: MemoryStore, names: [ObjectName]) { (self.base, self.names) = (base, names) }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        if case .packs = prefix { for name in names { try await base.delete(name) } }
        return try await base.list(prefix)
    }
}
