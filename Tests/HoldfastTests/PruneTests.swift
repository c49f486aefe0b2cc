import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Prune")
struct PruneTests {
    @Test("an expired snapshot is condemned, waits out its grace time, and is then gone with its packs alone")
    func wholeLife() async throws {
        let yard = try await PruneYard()
        let old = try await yard.snapshot()
        let shared = try await yard.packs(of: old)
        let oldOwn = try await yard.upload(by: old)
        let new = try await yard.snapshot(sharing: shared, base: old, expiresInDays: 300)
        yard.advance(days: 7)
        let first = try await yard.prune()
        #expect(first.condemned == [old])
        #expect(first.purged.isEmpty)
        #expect(first.kept.map(\.id) == [new])
        yard.advance(days: 6)
        #expect(try await yard.prune().purged.isEmpty)
        yard.advance(days: 1)
        let last = try await yard.prune()
        #expect(last.purged == [old])
        #expect(last.packsDeleted == 1)
        #expect(last.bytesFreed == 100)
        #expect(!yard.has(oldOwn))
        #expect(shared.allSatisfy(yard.has))
        #expect(yard.remains(of: old) == shared.map(\.name.text))
    }

    @Test("packs shared with a snapshot that has gone go with the last one that needs them")
    func sharedPacks() async throws {
        let yard = try await PruneYard()
        let old = try await yard.snapshot(expiresInDays: 1)
        let new = try await yard.snapshot(sharing: try await yard.packs(of: old), base: old, expiresInDays: 20)
        yard.advance(days: 2)
        _ = try await yard.prune()
        yard.advance(days: 10)
        #expect(try await yard.prune().purged == [old])
        yard.advance(days: 10)
        let keeper = try await yard.snapshot(expiresInDays: 300)
        #expect(try await yard.prune().condemned == [new])
        yard.advance(days: 8)
        #expect(try await yard.prune().purged == [new])
        #expect(try await yard.garbage().isEmpty)
        #expect(try await yard.repository.readSnapshots().map(\.id) == [keeper])
    }

    @Test("a cluster that is renamed has the same groups: the guard and the count rules look at snapshots of both names together")
    func renamed() async throws {
        for rules in [nil, KeepRules(last: 1)] {
            var yard = try await PruneYard()
            yard.policy.keepRules = rules
            let old = try await yard.snapshot(expiresInDays: rules == nil ? 1 : nil)
            yard.cluster = "market"
            let new = try await yard.snapshot(expiresInDays: rules == nil ? 300 : nil)
            yard.advance(days: 2)
            let result = try await yard.prune()
            #expect(result.condemned == [old] && result.kept.map(\.id) == [new])
        }
    }

    @Test("without a grace time one run condemns and purges")
    func noGrace() async throws {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 0)
        let old = try await yard.snapshot()
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 8)
        let result = try await yard.prune()
        #expect(result.condemned == [old])
        #expect(result.purged == [old])
        #expect(yard.remains(of: old).isEmpty)
    }

    @Test("the guard keeps the newest good snapshot, until backups are turned off")
    func guarded() async throws {
        let yard = try await PruneYard()
        let older = try await yard.snapshot()
        yard.advance(days: 1)
        let newest = try await yard.snapshot()
        yard.advance(days: 30)
        let on = try await yard.prune()
        #expect(on.condemned == [older])
        #expect(on.kept.first?.reasons == [.guard])
        let off = try await yard.prune { $0.backupsAreOn = false }
        #expect(off.condemned == [newest])
    }

    @Test("W10: a snapshot dated in the future is kept, and guards nothing")
    func future() async throws {
        let yard = try await PruneYard()
        let honest = try await yard.snapshot()
        let forged = try await yard.snapshot(time: yard.now + 72 * 365 * PruneYard.day)
        yard.advance(days: 30)
        let result = try await yard.prune()
        #expect(result.condemned.isEmpty)
        #expect(result.kept.first { $0.id == honest }?.reasons == [.guard])
        #expect(result.kept.first { $0.id == forged }?.reasons == [.future, .expiry])
    }

    @Test("W9: a condemnation dated back is not obeyed before the pruner's own grace time is over")
    func forgedCondemnation() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        let longAgo = yard.now + -1000 * PruneYard.day
        try await yard.repository.append(to: id, at: longAgo, by: "intruder") { _ in
            .condemned(rule: "expiry", purgeAfter: longAgo)
        }
        #expect(try await yard.prune().purged.isEmpty)
        yard.advance(days: 7)
        #expect(try await yard.prune().purged == [id])
    }

    @Test("under a given time the record's own time stands for the store's")
    func givenTime() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot()
        _ = try await yard.snapshot(expiresInDays: 300)
        let later = yard.now + 8 * PruneYard.day
        #expect(try await yard.prune { $0.at = later }.condemned == [id])
        #expect(try await yard.prune { $0.at = later + 6 * PruneYard.day }.purged.isEmpty)
        #expect(try await yard.prune { $0.at = later + 7 * PruneYard.day }.purged == [id])
    }

    @Test("a dry run says the same and changes nothing", arguments: [0, 7])
    func dryRun(grace: UInt8) async throws {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: grace)
        _ = try await yard.snapshot()
        let dead = try await yard.start()
        _ = try await yard.upload(by: dead)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 8)
        let names = yard.store.names
        let dry = try await yard.prune { $0.isDryRun = true }
        #expect(yard.store.names == names)
        let real = try await yard.prune()
        #expect(dry.condemned == real.condemned && dry.fenced == real.fenced)
        #expect(Set(dry.purged) == Set(real.purged))
        #expect(dry.packsDeleted == real.packsDeleted && dry.bytesFreed == real.bytesFreed)
        #expect(real.packsDeleted == (grace == 0 ? 2 : 1))
    }

    @Test("stale temporary files are asked to be removed before all else and at the end, in no dry run")
    func temporaries() async throws {
        let yard = try await PruneYard()
        let limit = yard.now + -PruneYard.day
        let prune = Prune(repository: yard.repository, removeTemporaries: { asked in asked == limit ? 3 : 0 })
        #expect(try await prune.run(yard.request()).temporariesRemoved == 6)
        #expect(try await prune.run(yard.request { $0.isDryRun = true }).temporariesRemoved == 0)
    }
}
