import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

/// On a machine that remembers nothing: what lost its start record is told from what a purge or a dead writer left.
@Suite("Prune where a start record is gone")
struct PruneStartGoneTests {
    @Test("W14: a manifest without it keeps its records and all its packs, and is named, until a person says that it is to go")
    func lostStart() async throws {
        let yard = try await PruneYard()
        let base = try await yard.start()
        let carried = try await yard.upload(by: base)
        let open = try #require(try await yard.view(base))
        #expect(try await yard.repository.abort(open, reason: "test", at: yard.now, by: "pruner"))
        let held = try await yard.snapshot(sharing: [carried])
        try await yard.repository.append(to: held, at: yard.now, by: "admin") { _ in .hold("case-7") }
        _ = try await yard.snapshot(expiresInDays: 300)
        let packs = try await yard.packs(of: held)
        let late = try await yard.upload(by: held)
        let start = try await yard.store.read(.record(0, of: held))
        try await yard.store.delete(.record(0, of: held))
        yard.advance(days: 2)
        for isFull in [false, true] {
            let result = try await yard.prune { $0.isFull = isFull }
            #expect(result.stopped == [.startGone(held)] && !result.stopped.contains(where: \.isDamage))
            #expect((packs + [late]).allSatisfy(yard.has) && yard.remains(of: held).count == 4)
        }
        try await yard.store.create(.record(0, of: held), start)
        #expect(try await yard.view(held)?.log.holds == ["case-7"])
        try await yard.store.delete(.record(0, of: held))
        #expect(try await yard.prune { $0.isConfirmed = true }.stopped.isEmpty)
        #expect(!packs.contains(where: yard.has) && yard.remains(of: held).isEmpty)
    }

    @Test("one that lacks another record as well is kept and named all the same")
    func lostStartAndRecord() async throws {
        let yard = try await PruneYard()
        let held = try await heldSnapshot(yard)
        let packs = try await yard.packs(of: held)
        for n in [0, 2] { try await yard.store.delete(.record(n, of: held)) }
        let result = try await yard.prune()
        #expect(result.stopped == [.startGone(held)] && packs.allSatisfy(yard.has) && yard.remains(of: held).count == 3)
        let check = try await CheckRepository(repository: yard.repository).run(CheckRequest(.structure, seed: 0))
        #expect(check.errors.map(\.kind) == [.startGone])
        #expect(try await yard.prune { $0.isConfirmed = true }.stopped.isEmpty)
        #expect(!packs.contains(where: yard.has) && yard.remains(of: held).isEmpty)
    }

    @Test("where its deletion was decided behind the gap, it goes unasked")
    func decidedBehindGap() async throws {
        let yard = try await PruneYard()
        let held = try await heldSnapshot(yard)
        try await yard.repository.append(to: held, at: yard.now, by: "pruner") { _ in .deleting }
        for n in [0, 2] { try await yard.store.delete(.record(n, of: held)) }
        #expect(try await yard.prune().stopped.isEmpty)
        #expect(yard.remains(of: held).isEmpty)
    }

    /// With two records behind its manifest, beside another snapshot.
    private func heldSnapshot(_ yard: PruneYard) async throws -> SnapshotID {
        _ = try await yard.snapshot(expiresInDays: 300)
        let held = try await yard.snapshot()
        for event in [SnapshotRecord.Event.hold("case-7"), .sound] {
            try await yard.repository.append(to: held, at: yard.now, by: "admin") { _ in event }
        }
        return held
    }

    @Test("where its manifest cannot be read either, no pack at all is deleted")
    func unreadManifest() async throws {
        let yard = try await PruneYard()
        let (bad, dead) = (try await yard.snapshot(), try await yard.start())
        let garbage = try await yard.upload(by: dead)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.store.tamper(.record(1, of: bad)) { $0[130] ^= 1 }
        try await yard.store.delete(.record(0, of: bad))
        yard.advance(days: 2)
        let result = try await yard.prune()
        #expect(result.stopped == [.startGone(bad)] && result.packsDeleted == 0 && yard.has(garbage))
        #expect(try await yard.prune { $0.isConfirmed = true }.stopped.isEmpty)
        #expect(yard.remains(of: bad).isEmpty && !yard.has(garbage))
    }

    @Test(
        "what a purge left of a snapshot that was given up, or whose deletion was decided, goes unasked",
        arguments: [true, false])
    func cutShort(isAborted: Bool) async throws {
        let yard = try await PruneYard()
        _ = try await yard.snapshot(expiresInDays: 300)
        let id = isAborted ? try await yard.start() : try await yard.snapshot()
        let view = try #require(try await yard.view(id))
        if isAborted {
            #expect(try await yard.repository.abort(view, reason: "test", at: yard.now, by: "pruner"))
        } else {
            try await yard.repository.append(to: id, at: yard.now, by: "pruner") { _ in .deleting }
        }
        try await yard.store.delete(.record(0, of: id))
        #expect(try await CheckRepository(repository: yard.repository).run(CheckRequest(.structure, seed: 0)).errors.isEmpty)
        #expect(try await yard.prune().stopped.isEmpty)
        #expect(yard.remains(of: id).isEmpty)
    }

    @Test("check names it without having seen it before, and says that a snapshot is touched")
    func checked() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot()
        _ = try await yard.snapshot()
        try await yard.store.delete(.record(0, of: id))
        let result = try await CheckRepository(repository: yard.repository).run(CheckRequest(.structure, seed: 0))
        #expect(result.errors.map(\.kind) == [.startGone] && result.errors.map(\.object) == ["snapshots/\(id)/0"])
        #expect(result.touchedSnapshots == [id] && result.damagedSnapshots.isEmpty)
    }
}
