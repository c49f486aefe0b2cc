import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

/// The store of these tests refuses to delete what is locked: a prune that tries is one that fails.
@Suite("Prune and expiry where the store locks")
struct PruneLockTests {
    private static let day = PruneYard.day

    private static func yard() async throws -> PruneYard { try await PruneYard(locksObjects: true) }

    @Test("what expires in its time goes as if nothing had been locked")
    func expired() async throws {
        let yard = try await Self.yard()
        let id = try await yard.snapshot(expiresInDays: 7)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 8)
        #expect(try await yard.prune().condemned == [id])
        yard.advance(days: 7)
        #expect(try await yard.prune().purged == [id])
        #expect(yard.remains(of: id).isEmpty)
    }

    @Test("what is forgotten by hand lies in the trash until the store lets go of it")
    func forgotten() async throws {
        let yard = try await Self.yard()
        let id = try await yard.snapshot(expiresInDays: 30)
        _ = try await yard.snapshot(expiresInDays: 300)
        let until = try #require(try await yard.view(id)?.log.lockedUntil)
        let result = try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        #expect(result.purgeAfter == [id: until])
        #expect(try await yard.view(id)?.log.condemnation?.purgeAfter == until)
        yard.advance(days: 20)
        #expect(try await yard.prune().purged.isEmpty)
        #expect(try await yard.prune { $0.isDryRun = true }.purged.isEmpty)
        yard.advance(days: 12)
        #expect(try await yard.prune().purged == [id])
    }

    @Test("an expiry that is moved earlier moves no lock")
    func earlier() async throws {
        let yard = try await Self.yard()
        let id = try await yard.snapshot(expiresInDays: 30)
        _ = try await yard.snapshot(expiresInDays: 300)
        try await SetExpiry(repository: yard.repository).run(id, to: yard.now + Self.day, at: yard.now, by: "admin")
        yard.advance(days: 2)
        #expect(try await yard.prune().condemned == [id])
        yard.advance(days: 20)
        #expect(try await yard.prune().purged.isEmpty)
        yard.advance(days: 10)
        #expect(try await yard.prune().purged == [id])
    }

    @Test("an expiry that is moved later takes the locks of its records and of all its packs along")
    func later() async throws {
        let yard = try await Self.yard()
        let shared = try await yard.packs(of: try await yard.snapshot(expiresInDays: 7))
        let id = try await yard.snapshot(sharing: shared, expiresInDays: 7)
        let until = yard.now + 90 * Self.day
        try await SetExpiry(repository: yard.repository).run(id, to: until, at: yard.now, by: "admin")
        let log = try #require(try await yard.view(id)?.log)
        #expect(log.expires == until && log.lockedUntil == until && log.packsLockedUntil == until)
        for n in 0..<log.length { #expect(yard.store.lock(on: .record(n, of: id)) == until, "record \(n)") }
        for pack in try await yard.packs(of: id) { #expect(yard.store.lock(on: pack.name) == until) }
        // It is said once.
        try await SetExpiry(repository: yard.repository).run(id, to: until, at: yard.now, by: "admin")
        #expect(try await yard.view(id)?.log.records.count { $0.event == .locked(until: until) } == 1)
    }

    @Test("an expiry that compliance refuses locks nothing")
    func refused() async throws {
        let yard = try await Self.yard()
        let id = try await yard.snapshot(expiresInDays: 30)
        let policy = Policy()
        let promise = Compliance(minKeep: try #require(Period("300 days")), grace: policy.grace, keepMin: policy.keepMin)
        try await yard.repository.appendToKeyLog(at: yard.now, by: "admin") { _ in .compliance(promise) }
        let calls = yard.store.packLockCalls
        await #expect(throws: HoldfastError.self) {
            try await SetExpiry(repository: yard.repository).run(id, to: yard.now + 60 * Self.day, at: yard.now, by: "admin")
        }
        #expect(yard.store.packLockCalls == calls)
    }

    @Test("taken back until a date, it is locked until then; a record that is written meanwhile is as well")
    func undeleted() async throws {
        let yard = try await Self.yard()
        let id = try await yard.snapshot(expiresInDays: 7)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 8)
        #expect(try await yard.prune().condemned == [id])
        let until = yard.now + 40 * Self.day
        try await Undelete(repository: yard.repository).run(id, .until(until), at: yard.now, by: "admin")
        try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .hold("case-7") }
        let log = try #require(try await yard.view(id)?.log)
        #expect(log.state == .live && log.lockedUntil == until)
        for n in 0..<log.length { #expect(yard.store.lock(on: .record(n, of: id)) == until, "record \(n)") }
    }

    @Test("a lock that only the log claims is asked of the store all the same")
    func forged() async throws {
        let yard = try await Self.yard()
        let id = try await yard.snapshot(expiresInDays: 10)
        let (until, far) = (yard.now + 90 * Self.day, yard.now + 30_000 * Self.day)
        try await yard.repository.append(to: id, at: yard.now, by: "intruder") { _ in .locked(until: far) }
        try await SetExpiry(repository: yard.repository).run(id, to: until, at: yard.now, by: "admin")
        #expect(yard.store.lock(on: .record(1, of: id)) == until)
        for pack in try await yard.packs(of: id) { #expect(yard.store.lock(on: pack.name) == until) }
    }

    @Test("a pack that is missing keeps nobody from keeping the rest for longer; an expiry is not moved where the store refuses")
    func unfinished() async throws {
        let yard = try await Self.yard()
        let shared = try await yard.packs(of: try await yard.snapshot(expiresInDays: 7))
        let id = try await yard.snapshot(sharing: shared, expiresInDays: 30)
        let lost = try #require(try await yard.packs(of: id).first { $0.owner == id })
        yard.store.lose(lost.name)
        let until = yard.now + 90 * Self.day
        try await SetExpiry(repository: yard.repository).run(id, to: until, at: yard.now, by: "admin")
        #expect(try await yard.view(id)?.log.expires == until)
        #expect(try #require(yard.store.lock(on: shared[0].name)) == until)
        yard.store.lose(.record(1, of: id))
        await #expect(throws: HoldfastError.self) {
            try await SetExpiry(repository: yard.repository).run(id, to: until + Self.day, at: yard.now, by: "admin")
        }
    }
}
