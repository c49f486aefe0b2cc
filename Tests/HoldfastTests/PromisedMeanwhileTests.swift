import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("What compliance promises while somebody prunes or forgets")
struct PromisedMeanwhileTests {
    /// Behind this store a year is promised at the first call that `isMoment` picks.
    private func promising(
        _ yard: PruneYard, when isMoment: @escaping @Sendable (StoreOperation, String) -> Bool
    ) -> any ObjectStore {
        let isPromised = Mutex(false)
        return GatedStore(yard.store) { operation, name in
            guard isMoment(operation, name),
                isPromised.withLock({ promised in
                    defer { promised = true }
                    return !promised
                })
            else { return }
            do { try await yard.promise(minKeepDays: 250) } catch { Issue.record("\(error)") }
        }
    }

    /// A snapshot past its date, or in the trash past its time, beside one that lives.
    private func expired(isCondemned: Bool) async throws -> (yard: PruneYard, id: SnapshotID) {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 2)
        if isCondemned {
            #expect(try await yard.prune().condemned == [id])
            yard.advance(days: 8)
        }
        return (yard, id)
    }

    @Test("is kept by a prune that had begun, also where the listing was made already", arguments: [true, false], [true, false])
    func prune(isCondemned: Bool, isListed: Bool) async throws {
        let (yard, id) = try await expired(isCondemned: isCondemned)
        let store = promising(yard) { operation, name in
            isListed ? operation == .read && name == "snapshots/\(id)/1" : operation == .list && name == "snapshots/"
        }
        let result = try await yard.prune(over: store)
        #expect(result.condemned.isEmpty && result.purged.isEmpty)
        #expect(try await yard.view(id)?.log.state == (isCondemned ? .trash : .live))
        #expect(try await yard.repository.readKeyLog().log.compliance != nil)
        yard.advance(days: 250)
        if !isCondemned { #expect(try await yard.prune().condemned == [id]) }
        yard.advance(days: 10)
        #expect(try await yard.prune().purged == [id])
    }

    @Test("keeps what was judged and not decided yet: a condemnation is followed by no purge in the same run")
    func betweenBoth() async throws {
        let (begun, id) = try await expired(isCondemned: false)
        var yard = begun
        yard.policy.grace = Period(days: 0)
        let store = promising(yard) { operation, name in operation == .create && name == "snapshots/\(id)/2" }
        let result = try await yard.prune(over: store)
        #expect(result.condemned == [id] && result.purged.isEmpty)
        #expect(try await yard.view(id)?.log.state == .trash)
    }

    @Test("ends a prune whose key log lost it again: a listing that shows less than the one before is not believed")
    func hidden() async throws {
        let (yard, id) = try await expired(isCondemned: true)
        try await yard.promise(minKeepDays: 5)
        let listings = Mutex(0)
        let promise = try await yard.store.read(.keyRecord(1))
        let store = GatedStore(yard.store) { operation, name in
            guard operation == .list, name == "keys/" else { return }
            let count = listings.withLock { count in
                count += 1
                return count
            }
            if count == 2 { yard.store.lose(.keyRecord(1)) }
        }
        await #expect(throws: HoldfastError.self) { try await yard.prune(over: store) }
        #expect(try await yard.view(id)?.log.state == .trash)
        try await yard.store.create(.keyRecord(1), promise)
        #expect(try await yard.prune().purged == [id])
    }

    @Test("is kept by a forget that had begun: what comes after the promise is refused, and the first is told")
    func forget() async throws {
        let yard = try await PruneYard()
        let ids = [try await yard.snapshot(expiresInDays: 1), try await yard.snapshot(expiresInDays: 1)].sorted()
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 2)
        let store = promising(yard) { operation, name in operation == .create && name == "snapshots/\(ids[0])/2" }
        let error = await #expect(throws: HoldfastError.self) {
            try await Forget(repository: yard.repository(over: store)).run(
                ids, policy: yard.policy, isConfirmed: true, at: yard.now, by: "admin")
        }
        guard case .partlyForgotten([ids[0]], .refused) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await yard.view(ids[1])?.log.state == .live)
    }
}
