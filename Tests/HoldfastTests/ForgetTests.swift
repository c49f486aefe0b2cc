import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Forgetting and taking back")
struct ForgetTests {
    private func forget(
        _ ids: [SnapshotID], in yard: PruneYard, isConfirmed: Bool = false
    ) async throws -> Forget.Result {
        try await Forget(repository: yard.repository).run(
            ids, policy: yard.policy, isConfirmed: isConfirmed, at: yard.now, by: "admin")
    }

    @Test("what is forgotten lies in the trash for the grace time; the guard is overridden and said so")
    func forgotten() async throws {
        let yard = try await PruneYard()
        let older = try await yard.snapshot()
        yard.advance(days: 1)
        let newest = try await yard.snapshot()
        let result = try await forget([newest], in: yard)
        #expect(result.condemned == [newest] && result.unguarded == [newest])
        #expect(try await yard.view(newest)?.log.state == .trash)
        #expect(result.purgeAfter == [newest: yard.now + 7 * PruneYard.day])
        #expect(try await forget([newest], in: yard).alreadyCondemned == [newest])
        yard.advance(days: 7)
        #expect(try await yard.prune().purged == [newest])
        #expect(try await yard.view(older)?.log.exists == true)
    }

    @Test("nothing is forgotten where one of them is held, open or unknown", arguments: ["held", "open", "unknown"])
    func refused(kind: String) async throws {
        let yard = try await PruneYard()
        let plain = try await yard.snapshot()
        let other = kind == "held" ? try await yard.snapshot() : try await yard.start()
        if kind == "held" {
            try await yard.repository.append(to: other, at: yard.now, by: "admin") { _ in .hold("case-7") }
        }
        if kind == "unknown" { try await yard.store.delete(.record(0, of: other)) }
        await #expect(throws: HoldfastError.self) { try await forget([plain, other], in: yard) }
        #expect(try await yard.view(plain)?.log.state == .live)
    }

    @Test("where a later one goes meanwhile, it says which are in the trash already")
    func partly() async throws {
        let yard = try await PruneYard()
        let ids = [try await yard.snapshot(), try await yard.snapshot()].sorted()
        let racing = yard.repository(
            over: GatedStore(yard.store) { operation, text in
                if operation == .create, text == "snapshots/\(ids[1])/2" { try? await yard.purgeByAnother(ids[1]) }
            })
        let error = await #expect(throws: HoldfastError.self) {
            try await Forget(repository: racing).run(ids, policy: yard.policy, at: yard.now, by: "admin")
        }
        guard case .partlyForgotten([ids[0]], .lostRace) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await yard.view(ids[0])?.log.condemnation != nil)
    }

    @Test("much of a group at once is forgotten only when that is confirmed")
    func limit() async throws {
        let yard = try await PruneYard()
        var ids: [SnapshotID] = []
        for _ in 0..<5 { ids.append(try await yard.snapshot()) }
        let most = Array(ids.prefix(4))
        await #expect(throws: HoldfastError.self) { try await forget(most, in: yard) }
        #expect(try await forget(most, in: yard, isConfirmed: true).condemned.count == 4)
    }

    @Test("undelete needs a reason that lasts, and something in the trash")
    func undelete() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        let undelete = Undelete(repository: yard.repository)
        let until = yard.now + 20 * PruneYard.day
        await #expect(throws: HoldfastError.self) { try await undelete.run(id, .until(until), at: yard.now, by: "admin") }
        yard.advance(days: 2)
        #expect(try await yard.prune().condemned == [id])
        await #expect(throws: HoldfastError.self) { try await undelete.run(id, .until(yard.now), at: yard.now, by: "admin") }
        try await undelete.run(id, .until(until), at: yard.now, by: "admin")
        yard.advance(days: 10)
        #expect(try await yard.prune().condemned.isEmpty)
        yard.advance(days: 8)
        #expect(try await yard.prune().condemned == [id])
    }

    @Test("an expiry is refused for what is in the trash, which would be purged all the same; where a prune is faster, too")
    func expiryInTheTrash() async throws {
        let yard = try await PruneYard()
        let (id, other) = (try await yard.snapshot(expiresInDays: 1), try await yard.snapshot(expiresInDays: 1))
        _ = try await yard.snapshot(expiresInDays: 300)
        let until = yard.now + 90 * PruneYard.day
        try await SetExpiry(repository: yard.repository).run(other, to: until, at: yard.now, by: "admin")
        yard.advance(days: 2)
        let racing = yard.repository(
            over: GatedStore(yard.store) { operation, text in
                if operation == .create, text == "snapshots/\(id)/2" { _ = try? await yard.prune() }
            })
        for repository in [racing, yard.repository] {
            let error = await #expect(throws: HoldfastError.self) {
                try await SetExpiry(repository: repository).run(id, to: until, at: yard.now, by: "admin")
            }
            guard case .refused(_, _, let remedy) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(remedy.contains("holdfast undelete \(id.short) --until"))
        }
        let views = try await yard.repository.readSnapshots()
        #expect(views.filter { $0.log.condemnation != nil }.map(\.id) == [id])
        await #expect(throws: HoldfastError.self) {
            try await SetExpiry(repository: yard.repository).check(views, among: views, to: until)
        }
        try await SetExpiry(repository: yard.repository).check(views.filter { $0.id != id }, among: views, to: until)
    }

    @Test("what is being deleted is not taken back")
    func tooLate() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot()
        _ = try await forget([id], in: yard)
        try await yard.repository.append(to: id, at: yard.now, by: "pruner") { _ in .deleting }
        await #expect(throws: HoldfastError.self) {
            try await Undelete(repository: yard.repository).run(id, .hold("x"), at: yard.now, by: "admin")
        }
    }

    @Test("unlock fences an open snapshot, once, and nothing else")
    func unlock() async throws {
        let yard = try await PruneYard()
        let open = try await yard.start()
        let live = try await yard.snapshot()
        let unlock = Unlock(repository: yard.repository)
        #expect(try await unlock.openSnapshots().map(\.id) == [open])
        try await unlock.run(open, at: yard.now, by: "admin")
        try await unlock.run(open, at: yard.now, by: "admin")
        #expect(try await yard.view(open)?.log.state == .aborted)
        await #expect(throws: HoldfastError.self) { try await unlock.run(live, at: yard.now, by: "admin") }
    }
}
