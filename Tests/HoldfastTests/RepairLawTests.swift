import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// What holds of a repair whatever was damaged: random objects of a repository with several snapshots, harmed in random ways.
@Suite("Repair after random damage")
struct RepairLawTests {
    private enum Harm: CaseIterable { case flip, cut, zeros, delete, extend, swap }

    /// A repository with five snapshots over changing files, packs shared between them; and all of its objects as they were.
    private struct Whole {
        let yard: RepairYard
        let objects: [ObjectName: [UInt8]]

        init(_ kind: SourceDescription.Kind) async throws {
            var yard = try await RepairYard(seed: 77, kind: kind)
            for name in ["a", "b/c", "b/d", "e/f/g", "h"] { try yard.write(name, byteCount: 40_000) }
            for name in ["a", "b/d", "new", "h"] {
                _ = try await yard.backUp()
                try yard.write(name, byteCount: 60_000)
                try yard.edit("b/c")
            }
            _ = try await yard.backUp()
            self.yard = yard
            objects = try await yard.objects()
        }
    }

    @Test(
        "what it calls whole restores, what it calls lost does not, nothing else changes, and the next backup is whole",
        arguments: 0..<5, [SourceDescription.Kind.files, .database])
    func damaged(run: Int, kind: SourceDescription.Kind) async throws {
        let whole = try await Whole(kind)
        for seed in (run * 20)..<(run * 20 + 20) { try await damaged(whole, seed: UInt64(seed)) }
    }

    private func damaged(_ whole: Whole, seed: UInt64) async throws {
        let yard = whole.yard
        var random = SeededRandom(seed: seed)
        let harmed = try await harmedYard(whole, &random)
        let before = try await harmed.objects()
        var affected: [SnapshotID: [String: EntrySurvey]] = [:]
        let (result, findings) = try await harmed.repair { affected[$0, default: [:]][$1.entry.displayPath] = $1 }
        let after = try await harmed.objects()
        for (name, bytes) in before { #expect(after[name] == bytes, "seed \(seed): \(name)") }
        for view in try await harmed.repository.readSnapshots() where view.log.exists {
            guard let expected = yard.expected[view.id] else { continue }
            if result.damagedSnapshots[view.id] == nil {
                #expect(try await harmed.contents(view.id) == expected, "seed \(seed)")
            } else if let survey = findings.first(where: { $0.snapshot == view.id })?.survey {
                let readable = try await harmed.readable(view.id)
                #expect(readable.allSatisfy { expected[$0] == $1 }, "seed \(seed)")
                #expect(survey.whole.files == UInt64(readable.count), "seed \(seed)")
                #expect(readable.keys.allSatisfy { affected[view.id]?[$0] == nil }, "seed \(seed)")
                #expect(
                    !survey.gaps.isEmpty || readable.count + (affected[view.id]?.count ?? 0) == expected.count, "seed \(seed)")
            }
        }
        for finding in findings {
            guard let id = finding.salvaged, let expected = yard.expected[finding.snapshot] else { continue }
            let salvaged = try await harmed.contents(id)
            #expect(UInt64(salvaged.count) == finding.survey?.salvageable, "seed \(seed)")
            #expect(salvaged.allSatisfy { expected[$0] == $1 }, "seed \(seed)")
            for number in try await harmed.packNumbers(of: id) {
                #expect(try await harmed.open(id).body.packKeys.entry(number) != nil, "seed \(seed): pack \(number)")
            }
        }
        _ = try await harmed.repair()
        #expect(try await harmed.objects() == after, "seed \(seed): a second run changed something")
        try await backUp(whole, harmed, seed)
    }

    /// With a whole key log a backup always comes to a snapshot that is whole, and a repair after it gives back no less than before.
    private func backUp(_ whole: Whole, _ harmed: HarmedYard, _ seed: UInt64) async throws {
        let (yard, objects) = (whole.yard, whole.objects)
        guard objects.keys.filter({ $0.text.hasPrefix("keys/") }).allSatisfy({ harmed.isWhole($0, objects) }) else { return }
        let summary = try await harmed.backUp(yard)
        #expect(try await harmed.contents(summary.snapshot) == yard.files, "seed \(seed)")
        let (result, findings) = try await harmed.repair()
        #expect(result.soundSnapshots.contains(summary.snapshot), "seed \(seed)")
        for finding in findings {
            guard let id = finding.salvaged, let expected = yard.expected[finding.snapshot] else { continue }
            #expect(try await harmed.contents(id).allSatisfy { expected[$0] == $1 }, "seed \(seed)")
        }
        let salvaged = findings.compactMap(\.salvaged)
        #expect(try await harmed.check().soundSnapshots.isSuperset(of: salvaged), "seed \(seed)")
        for base in salvaged {
            let next = try await harmed.backUp(yard, on: .snapshot(base))
            #expect(try await harmed.contents(next.snapshot) == yard.files, "seed \(seed): on what was salvaged")
        }
    }

    private func harmedYard(_ whole: Whole, _ random: inout SeededRandom) async throws -> HarmedYard {
        let (yard, objects) = (whole.yard, whole.objects)
        let store = MemoryStore(clock: yard.cluster.store.clock)
        for (name, bytes) in objects { store.tamper(name) { $0 = bytes } }
        let names = store.names
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index = Int.random(in: names.indices, using: &random)
            let other = names[Int.random(in: names.indices, using: &random)]
            let kind = Harm.allCases[Int.random(in: Harm.allCases.indices, using: &random)]
            harm(kind, names[index], objects[names[index]] ?? [], by: objects[other] ?? [], in: store, &random)
        }
        return HarmedYard(yard, store)
    }

    private func harm(
        _ harm: Harm, _ name: ObjectName, _ bytes: [UInt8], by others: [UInt8], in store: MemoryStore,
        _ random: inout SeededRandom
    ) {
        guard harm != .delete else { return store.lose(name) }
        let place = Int.random(in: bytes.indices, using: &random)
        store.tamper(name) { changed in
            switch harm {
            case .flip: changed = bytes[..<place] + [bytes[place] ^ 0x10] + bytes[(place + 1)...]
            case .cut: changed = Array(bytes[..<place])
            case .zeros: changed = bytes[..<place] + bytes[place...].enumerated().map { $0.offset < 4096 ? 0 : $0.element }
            case .extend: changed = bytes + others.prefix(100)
            case .swap, .delete: changed = others
            }
        }
    }
}

/// A copy of a yard's repository in another store, where it was harmed.
private struct HarmedYard {
    let store: MemoryStore
    let repository: Repository
    let keys: KeyManagers
    let now: Timestamp
    private let scratch: Scratch

    init(_ yard: RepairYard, _ store: MemoryStore) {
        let base = yard.cluster.repository
        (self.store, keys, now, scratch) = (store, yard.cluster.keys, yard.now, yard.source)
        repository = Repository(id: base.id, store: store, project: base.project, cluster: base.cluster)
    }

    func isWhole(_ name: ObjectName, _ objects: [ObjectName: [UInt8]]) -> Bool {
        var standing: [UInt8]?
        store.tamper(name) { standing = $0 }
        return standing == objects[name]
    }

    func objects() async throws -> [ObjectName: [UInt8]] {
        try await store.objects()
    }

    func check() async throws -> CheckResult {
        try await CheckRepository(repository: repository).run(CheckRequest(.data(percent: 100), keys: keys, seed: 0))
    }

    func repair(
        _ report: (SnapshotID, EntrySurvey) -> Void = { _, _ in }
    ) async throws -> (result: CheckResult, findings: [RepairRepository.Finding]) {
        let result = try await check()
        _ = try await CheckRepository(repository: repository).record(result, at: now, by: "admin")
        let settings = RepairSettings(now: now, node: "admin", packByteCount: 64 << 10, tool: "test")
        return (result, try await RepairRepository(repository, keys: keys).run(result, settings, report))
    }

    func backUp(_ yard: RepairYard, on base: BackupRequest.Base = .anyOfSource) async throws -> BackupSummary {
        let own = try Scratch()
        let witness = try Witness(at: own.path + "/witness.sqlite", of: repository.id)
        var request = yard.request(after: 100 * 3600)
        request.base = base
        return try await Backup(repository: repository, keys: keys, witness: witness, progress: BackupProgress()).run(request)
    }

    func open(_ id: SnapshotID) async throws -> OpenedSnapshot {
        let view = try #require(try await repository.readSnapshot(id))
        return try await OpenedSnapshot.open(view, in: repository, with: keys)
    }

    /// Of the packs that its listing names.
    func packNumbers(of id: SnapshotID) async throws -> Set<UInt32> {
        let snapshot = try await open(id)
        var reader = ListingReader(snapshot)
        var numbers: Set<UInt32> = []
        while let entry = try await reader.next() {
            var packed = [entry.pageMap]
            for case .ref(let references) in entry.xattrs.map(\.value) { packed.append(references) }
            switch entry.content {
            case .refs(let references), .refLists(let references): packed.append(references)
            }
            for references in packed { numbers.formUnion(try ChunkReferences.decode(references).map(\.packNumber)) }
        }
        return numbers
    }

    /// Throws where anything cannot be read.
    func contents(_ id: SnapshotID) async throws -> [String: [UInt8]] {
        try await open(id).contents()
    }

    /// What of a snapshot's files can be read.
    func readable(_ id: SnapshotID) async throws -> [String: [UInt8]] {
        let snapshot = try await open(id)
        var listing = StandingListing(snapshot)
        var readable: [String: [UInt8]] = [:]
        while let entry = try await listing.nextEntry() {
            guard entry.kind == .file else { continue }
            do { readable[entry.displayPath] = try await snapshot.content(of: entry) } catch { continue }
        }
        return readable
    }
}
