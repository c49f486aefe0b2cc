import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A start record that is rotten, or of a newer format")
struct RottenStartTests {
    /// A snapshot without a manifest whose start record does not parse, beside a whole one.
    private func rottenStart() async throws -> (yard: PruneYard, id: SnapshotID) {
        let yard = try await PruneYard()
        _ = try await yard.snapshot(expiresInDays: 300)
        let id = try await yard.start()
        _ = try await yard.upload(by: id)
        yard.store.tamper(.record(0, of: id)) { $0[20] ^= 1 }
        return (yard, id)
    }

    @Test("where nothing else stands, hold, expiry and forget end with an error, and write nothing at the manifest's number")
    func nothingIsAppended() async throws {
        let (yard, id) = try await rottenStart()
        let (repository, now, names) = (yard.repository, yard.now, yard.store.names)
        let hold = try #require(HoldName("case-7"))
        await #expect(throws: HoldfastError.self) {
            try await HoldSnapshot(repository: repository).add(hold, to: id, at: now, by: "admin")
        }
        await #expect(throws: HoldfastError.self) {
            try await SetExpiry(repository: repository).run(id, to: now + PruneYard.day, at: now, by: "admin")
        }
        for isConfirmed in [false, true] {
            await #expect(throws: HoldfastError.self) {
                try await Forget(repository: repository).run(
                    [id], policy: yard.policy, isConfirmed: isConfirmed, at: now, by: "admin")
            }
        }
        #expect(yard.store.names == names)
    }

    @Test("unlock gives it up, and the next prune collects all that it left")
    func unlocked() async throws {
        let (yard, id) = try await rottenStart()
        #expect(try await yard.prune().stopped.map(\.object) == ["snapshots/\(id)/"])
        let unlock = Unlock(repository: yard.repository)
        #expect(try await unlock.openSnapshots().map(\.id) == [id])
        try await unlock.run(id, at: yard.now, by: "admin")
        #expect(try await unlock.openSnapshots().isEmpty)
        #expect(try await yard.prune().stopped.isEmpty)
        #expect(yard.remains(of: id).isEmpty)
    }

    @Test("a committed snapshot with one is not given up")
    func committed() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot()
        yard.store.tamper(.record(0, of: id)) { $0[20] ^= 1 }
        await #expect(throws: HoldfastError.self) {
            try await Unlock(repository: yard.repository).run(id, at: yard.now, by: "admin")
        }
        #expect(try await yard.view(id)?.log.length == 2)
    }

    @Test("what was given up stays so where its start record rots afterwards, and keeps no pack from being deleted")
    func abortedIsFinal() async throws {
        let yard = try await PruneYard()
        _ = try await yard.snapshot(expiresInDays: 300)
        let (id, dead) = (try await yard.start(), try await yard.start())
        let garbage = try await yard.upload(by: dead)
        try await yard.store.delete(.record(0, of: dead))
        let view = try #require(try await yard.view(id))
        #expect(try await yard.repository.abort(view, reason: "test", at: yard.now, by: "pruner"))
        yard.store.tamper(.record(0, of: id)) { $0[20] ^= 1 }
        #expect(try await yard.prune().stopped.isEmpty)
        #expect(yard.remains(of: id).isEmpty && !yard.has(garbage))
    }
}
