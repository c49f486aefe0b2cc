import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("The log of purges")
struct PurgeLogTests {
    /// One snapshot whose trash time is over, and one that stays.
    private func yard() async throws -> PruneYard {
        let yard = try await PruneYard()
        _ = try await yard.snapshot(expiresInDays: 1)
        yard.advance(days: 2)
        _ = try await yard.snapshot(expiresInDays: 300)
        _ = try await yard.prune()
        yard.advance(days: 8)
        return yard
    }

    private func log(_ yard: PruneYard) -> [String] { yard.store.names.map(\.text).filter { $0.hasPrefix("purges/") } }

    /// The yard's store, in which something happens before the first record of the log is created.
    private func gated(_ yard: PruneYard, _ others: @escaping @Sendable () async throws -> Void) -> GatedStore {
        let isDone = Mutex(false)
        return GatedStore(yard.store) { operation, text in
            guard operation == .create, text.hasPrefix("purges/") else { return }
            let isFirst = isDone.withLock { done in
                defer { done = true }
                return !done
            }
            guard isFirst else { return }
            do { try await others() } catch { Issue.record(error) }
        }
    }

    @Test("has a record of each run that purged, of which only the newest is kept, and none of a run that had nothing to purge")
    func records() async throws {
        let yard = try await yard()
        #expect(log(yard).isEmpty)
        #expect(try await yard.prune().purged.count == 1)
        #expect(log(yard) == ["purges/0"])
        _ = try await yard.prune()
        #expect(log(yard) == ["purges/0"])
        _ = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 2)
        _ = try await yard.prune()
        yard.advance(days: 8)
        #expect(try await yard.prune().purged.count == 1)
        #expect(log(yard) == ["purges/1"])
    }

    @Test("a dry run leaves none")
    func dryRun() async throws {
        let yard = try await yard()
        #expect(try await yard.prune { $0.isDryRun = true }.purged.count == 1)
        #expect(log(yard).isEmpty)
    }

    @Test("a run whose number another took lists again, and purges then")
    func taken() async throws {
        let yard = try await yard()
        let store = yard.store
        let result = try await yard.prune(over: gated(yard) { try await store.create(.purge(0), []) })
        #expect(result.purged.count == 1)
        #expect(log(yard) == ["purges/1"])
    }

    @Test("after the last number that there is nothing is purged: all that stood stands")
    func lastNumber() async throws {
        let yard = try await yard()
        try await yard.store.create(.purge(999_999_999), [])
        let before = yard.store.names
        let error = await #expect(throws: HoldfastError.self) { _ = try await yard.prune() }
        guard case .refused(_, "purges/999999999", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(yard.store.names.filter(before.contains) == before)
    }

    @Test("a number that others took, and gave free when they tidied up, is no leave to purge")
    func freed() async throws {
        let yard = try await yard()
        let store = yard.store
        let result = try await yard.prune(over: gated(yard) { try await store.create(.purge(1), []) })
        #expect(result.purged.count == 1)
        #expect(log(yard) == ["purges/2"])
    }
}
