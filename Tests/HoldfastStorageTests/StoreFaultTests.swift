import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("The store whose calls go wrong as planned")
struct StoreFaultTests {
    let name = ObjectName.keyRecord(0)

    @Test("a fault before a create leaves nothing; one after it leaves the object and an unclear answer")
    func createFaults() async throws {
        let base = MemoryStore()
        let store = FaultyStore(base, Fault(.create, at: 1, .before), Fault(.create, at: 2, .after))
        await #expect(throws: StoreError.unavailable("keys/0", detail: "injected before create")) {
            try await store.create(name, [1])
        }
        #expect(base.names == [])
        await #expect(throws: StoreError.unclear(name)) { try await store.create(name, [1]) }
        #expect(base.names == [name])
        await #expect(throws: StoreError.exists(name)) { try await store.create(name, [1]) }
        #expect(store.account.unexercised.isEmpty)
        #expect(store.account.injectedCount == 2)
        #expect(store.account.callCount == 3)
    }

    @Test("a lost answer loses a refusal too")
    func lostRefusal() async throws {
        let base = MemoryStore()
        try await base.create(name, [1])
        let store = FaultyStore(base, Fault(.create, at: 1, .after))
        await #expect(throws: StoreError.unclear(name)) { try await store.create(name, [2]) }
        #expect(try await base.read(name) == [1])
    }

    @Test("every call can fail, before and after", arguments: StoreOperation.allCases, Fault.Moment.allCases)
    func everyCall(_ operation: StoreOperation, _ moment: Fault.Moment) async throws {
        let base = MemoryStore()
        try await base.create(name, [1])
        let store = FaultyStore(base, Fault(operation, at: 1, moment))
        #expect(await failures(of: store) == 1)
        #expect(store.account.unexercised.isEmpty)
        #expect(await failures(of: store) == 0)
    }

    @Test("the n-th call of any kind can be the last that is tried", arguments: 1...8)
    func lasting(_ call: Int) async throws {
        let base = MemoryStore()
        try await base.create(name, [1])
        let store = FaultyStore(base, Fault(at: call, .after, isLasting: true))
        #expect(await failures(of: store) == 8 - call + 1)
        #expect(store.account.injectedCount == 8 - call + 1)
    }

    @Test("a fault that never struck is told")
    func unexercised() async throws {
        let fault = Fault(.delete, at: 2, .before)
        let store = FaultyStore(MemoryStore(), fault)
        try await store.delete(name)
        #expect(store.account.unexercised == [fault])
    }

    @Test("the same seed makes the same calls fail, and another seed others")
    func seeded() async throws {
        func history(_ seed: UInt64) async -> [Int] {
            let store = FaultyStore(MemoryStore(), FaultPlan(seed: seed, oneIn: 4))
            var counts: [Int] = []
            for _ in 0..<20 { counts.append(await failures(of: store)) }
            #expect(counts.reduce(0, +) >= store.account.injectedCount)
            #expect(store.account.injectedCount > 0)
            return counts
        }
        let first = await history(1)
        #expect(await history(1) == first)
        #expect(await history(2) != first)
    }

    /// Makes each of the eight calls once, none of which would fail of itself, and counts those that do.
    private func failures(of store: FaultyStore<MemoryStore>) async -> Int {
        let checkpoint = ObjectName.checkpoint(Random.id())
        let calls: [() async throws -> Void] = [
            { _ = try await store.read(name) }, { _ = try await store.stat(name) },
            { try await store.create(.probe(Random.id()), [1]) }, { try await store.replace(checkpoint, [1]) },
            { try await store.delete(checkpoint) }, { _ = try await store.list(.keys) },
            { _ = try await store.listPackOwners() }, { _ = try await store.now() },
        ]
        var count = 0
        for call in calls {
            do { try await call() } catch { count += 1 }
        }
        return count
    }
}
