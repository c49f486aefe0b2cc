import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Prune collects what dead writers left")
struct PruneGarbageTests {
    @Test("a writer silent for the stale time is fenced, and its packs and records go in the same run")
    func deadWriter() async throws {
        let yard = try await PruneYard()
        let dead = try await yard.start()
        _ = try await yard.upload(by: dead)
        try await yard.store.replace(.checkpoint(dead), [1])
        yard.advance(days: 1)
        let result = try await yard.prune()
        #expect(result.fenced == [dead])
        #expect(yard.remains(of: dead).isEmpty)
    }

    @Test("a fresh checkpoint or a fresh pack shows that the writer lives", arguments: ["checkpoint", "pack", "start"])
    func livingWriter(sign: String) async throws {
        let yard = try await PruneYard()
        let early = try await yard.start()
        yard.advance(days: 3)
        let id = sign == "start" ? try await yard.start() : early
        if sign == "checkpoint" { try await yard.store.replace(.checkpoint(id), [1]) }
        if sign == "pack" { _ = try await yard.upload(by: id) }
        yard.clock.advance(bySeconds: PruneYard.day - 1)
        let result = try await yard.prune()
        #expect(!result.fenced.contains(id))
        yard.clock.advance(bySeconds: 1)
        #expect(try await yard.prune().fenced.contains(id))
    }

    @Test("W7: what a living writer stored stays, though its last sign is younger than all of it and others are long gone")
    func lateHeartbeat() async throws {
        let yard = try await PruneYard()
        let (slow, dead) = (try await yard.start(), try await yard.start())
        let packs = [try await yard.upload(by: slow), try await yard.upload(by: slow)]
        let garbage = try await yard.upload(by: dead)
        yard.advance(days: 30)
        try await yard.store.replace(.checkpoint(slow), [1])
        #expect(try await yard.prune().fenced == [dead])
        #expect(packs.allSatisfy(yard.has) && !yard.has(garbage))
        #expect(try await yard.commit(slow, packs: packs))
        #expect(try await yard.prune().packsDeleted == 0)
        #expect(try await yard.lostPacks().isEmpty)
    }

    @Test("W8: a writer that was fenced cannot commit, and one that committed is not fenced")
    func fenceAgainstCommit() async throws {
        let yard = try await PruneYard()
        let slow = try await yard.start()
        let view = try #require(try await yard.view(slow))
        let pack = try await yard.upload(by: slow)
        #expect(try await yard.repository.abort(view, reason: "test", at: yard.now, by: "pruner"))
        #expect(try await !yard.commit(slow, packs: [pack]))
        let quick = try await yard.start()
        let before = try #require(try await yard.view(quick))
        #expect(try await yard.commit(quick, packs: []))
        #expect(try await !yard.repository.abort(before, reason: "test", at: yard.now, by: "pruner"))
    }

    @Test("the base of an open snapshot keeps its packs and its records, however final it is")
    func baseOfOpen() async throws {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 0)
        let base = try await yard.snapshot(expiresInDays: 1)
        let packs = try await yard.packs(of: base)
        let open = try await yard.start(base: base)
        try await yard.repository.append(to: base, at: yard.now, by: "pruner") { _ in .deleting }
        #expect(try await yard.prune().purged.isEmpty)
        #expect(packs.allSatisfy(yard.has))
        #expect(try await yard.view(base)?.log.state == .deleting)
        try await yard.commit(open, packs: packs, base: base, expiresInDays: 300)
        #expect(try await yard.prune().purged == [base])
        #expect(packs.allSatisfy(yard.has))
    }

    @Test("the base of a snapshot that is being taken is not condemned")
    func baseIsKept() async throws {
        let yard = try await PruneYard()
        let base = try await yard.snapshot()
        yard.advance(days: 8)
        _ = try await yard.snapshot(expiresInDays: 300)
        _ = try await yard.start(base: base)
        let result = try await yard.prune()
        #expect(result.condemned.isEmpty)
        #expect(result.kept.first { $0.id == base }?.reasons == [.base])
    }

    @Test("packs and records without a start record go, those that live on in others stay and are remembered")
    func ownerless() async throws {
        let yard = try await PruneYard()
        let gone = try await yard.snapshot()
        let shared = try await yard.packs(of: gone)
        let lost = try await yard.upload(by: gone)
        _ = try await yard.snapshot(sharing: shared, expiresInDays: 300)
        try await yard.repository.append(to: gone, at: yard.now, by: "pruner") { _ in .deleting }
        try await yard.store.delete(.record(0, of: gone))
        let first = try await yard.prune()
        #expect(!yard.has(lost) && shared.allSatisfy(yard.has))
        #expect(!yard.store.names.contains(.record(1, of: gone)))
        #expect(Array(first.settledOwners.keys) == [gone])
        let late = try await yard.upload(by: gone)
        let second = try await yard.prune { $0.settledOwners = first.settledOwners }
        #expect(second.packsDeleted == 0 && yard.has(late))
        #expect(second.settledOwners == first.settledOwners)
        let full = try await yard.prune { ($0.settledOwners, $0.isFull) = (first.settledOwners, true) }
        #expect(full.packsDeleted == 1 && !yard.has(late))
    }

    @Test("a settled owner is listed again when one of its packs leaves the keep set")
    func settledOwner() async throws {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 0)
        let gone = try await yard.start()
        let packs = [try await yard.upload(by: gone), try await yard.upload(by: gone)]
        try await yard.store.delete(.record(0, of: gone))
        _ = try await yard.snapshot(sharing: [packs[0]], expiresInDays: 300)
        let short = try await yard.snapshot(sharing: [packs[1]], expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        let settled = try await yard.prune().settledOwners
        yard.advance(days: 2)
        let result = try await yard.prune { $0.settledOwners = settled }
        #expect(result.purged == [short])
        #expect(yard.has(packs[0]) && !yard.has(packs[1]))
    }

    @Test("what the witness misses keeps its records and its packs")
    func alarmed() async throws {
        let yard = try await PruneYard()
        let base = try await yard.start()
        let carried = try await yard.upload(by: base)
        let missed = try await yard.snapshot(sharing: [carried])
        _ = try await yard.snapshot()
        let packs = try await yard.packs(of: missed)
        for id in [base, missed] { try await yard.store.delete(.record(0, of: id)) }
        let names = yard.store.names
        _ = try await yard.prune { $0.alarms = [.snapshotGone(missed)] }
        #expect(yard.store.names == names)
        #expect(try await yard.prune().stopped == [.startGone(missed)])
        #expect(yard.store.names.filter { !$0.text.hasPrefix("purges/") } == names)
        _ = try await yard.prune { $0.isConfirmed = true }
        #expect(!packs.contains(where: yard.has))
    }

    @Test("where not one start record is listed, packs are nobody's garbage unasked")
    func onlyPacks() async throws {
        let yard = try await PruneYard()
        let ids = [try await yard.snapshot(), try await yard.snapshot()]
        let packs = yard.store.names.filter { $0.text.hasPrefix("packs/") }
        for id in ids {
            for n in 0...1 { try await yard.store.delete(.record(n, of: id)) }
        }
        let result = try await yard.prune()
        #expect(result.stopped == [.onlyPacks(ownerCount: 2)] && result.stopped.allSatisfy { !$0.isDamage })
        #expect(yard.store.names.filter { $0.text.hasPrefix("packs/") } == packs)
        #expect(try await yard.prune { $0.isConfirmed = true }.packsDeleted == 0)
        #expect(try await yard.prune { ($0.isConfirmed, $0.isFull) = (true, true) }.packsDeleted == 2)
    }

    @Test("a key log that lists no record promises nothing, and nothing is condemned by that")
    func noKeyLog() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot()
        yard.advance(days: 2)
        try await yard.store.delete(.keyRecord(0))
        await #expect(throws: HoldfastError.self) { try await yard.prune() }
        await #expect(throws: HoldfastError.self) {
            try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        }
        await #expect(throws: HoldfastError.self) {
            try await SetExpiry(repository: yard.repository).run(id, to: yard.now, at: yard.now, by: "admin")
        }
        #expect(try await yard.view(id)?.log.length == 2)
    }
}
