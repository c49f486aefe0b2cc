import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Snapshot logs that somebody wrote into")
struct HostileLogTests {
    @Test("a record behind a gap leaves the log unreadable, and nothing is looked for up to its number")
    func farAway() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        try await yard.store.create(.record(999_999_999, of: id), [1])
        let view = try #require(try await yard.view(id))
        #expect(view.missing == 2)
        guard case .unreadable = view.log.state else {
            Issue.record("\(view.log.state)")
            return
        }
    }

    @Test("to a log with a gap nothing is appended, and nobody waits for it")
    func appending() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        try await yard.store.create(.record(3, of: id), [1])
        await #expect(throws: HoldfastError.self) {
            try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        }
    }

    @Test(
        "a snapshot with a record too long to be one, or without one of its records, goes where a person says --yes",
        arguments: [true, false])
    func forgotten(isTooLong: Bool) async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        _ = try await yard.snapshot(expiresInDays: 300)
        let dead = try await yard.start()
        let garbage = try await yard.upload(by: dead)
        try await yard.store.delete(.record(0, of: dead))
        for _ in 2...3 { try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .sound } }
        if isTooLong {
            yard.store.tamper(.record(2, of: id)) { $0 = [UInt8](repeating: 32, count: 70_000) }
        } else {
            try await yard.store.delete(.record(2, of: id))
        }
        #expect(try await yard.prune().stopped.map(\.object) == ["snapshots/\(id)/"] && yard.has(garbage))
        let forget = Forget(repository: yard.repository)
        await #expect(throws: HoldfastError.self) {
            try await forget.run([id], policy: yard.policy, at: yard.now, by: "admin")
        }
        let result = try await forget.run([id], policy: yard.policy, isConfirmed: true, at: yard.now, by: "admin")
        #expect(result.condemned == [id])
        yard.advance(days: 8)
        #expect(try await yard.prune().purged == [id])
        #expect(yard.remains(of: id).isEmpty && !yard.has(garbage))
    }

    @Test("what was condemned while its log was whole is purged, though an earlier record is gone since")
    func lostAfterCondemnation() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        _ = try await yard.snapshot(expiresInDays: 300)
        try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .sound }
        _ = try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        try await yard.store.delete(.record(2, of: id))
        yard.advance(days: 8)
        #expect(try await yard.prune().purged == [id])
    }

    @Test("a hold that only a listing lacks is not gone: nothing is appended behind it, whatever a person says")
    func missedHold() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        for event in [SnapshotRecord.Event.hold("case-7"), .sound] {
            try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in event }
        }
        let blind = yard.repository(over: OmittingStore(base: yard.store, omitted: .record(2, of: id)))
        let error = await #expect(throws: HoldfastError.self) {
            try await Forget(repository: blind).run([id], policy: yard.policy, isConfirmed: true, at: yard.now, by: "admin")
        }
        guard case .missing(.record(2, of: id), _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await yard.view(id)?.log.holds == ["case-7"])
    }

    @Test("behind the last number that there is nothing is appended")
    func lastNumber() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        try await yard.store.create(.record(999_999_999, of: id), [1])
        let names = yard.store.names
        await #expect(throws: HoldfastError.self) {
            try await Forget(repository: yard.repository).run(
                [id], policy: yard.policy, isConfirmed: true, at: yard.now, by: "admin")
        }
        #expect(yard.store.names == names)
    }

    @Test("W22: a record too long to be one is refused unread")
    func tooLong() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        try await yard.store.create(.record(2, of: id), [UInt8](repeating: 32, count: 70_000))
        #expect(try await yard.view(id)?.problems == [2: "it has 70000 bytes"])
    }
}

/// Lists all but one of its objects.
private struct OmittingStore: ForwardingStore {
    let base: MemoryStore
    let omitted: ObjectName

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        try await base.list(prefix).filter { $0.name != omitted }
    }
}
