import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("The probe of a store")
struct StoreProbeTests {
    @Test("passes a store that creates only what is absent, and leaves nothing")
    func passes() async throws {
        let store = MemoryStore()
        try await StoreProbe(store, called: "memory", freshID: { Random.id() }).run()
        #expect(store.names == [])
    }

    @Test("refuses a store that creates what is there, and leaves nothing")
    func overwriting() async throws {
        let store = OverwritingStore()
        try await expectUnsuitable(store)
        #expect(store.base.names == [])
    }

    @Test("refuses a store that holds the primitive one by one and loses it in a race")
    func racy() async throws {
        try await expectUnsuitable(RacyStore())
    }

    @Test("a store that cannot be reached is not called unsuitable")
    func unreachable() async throws {
        for call in 1...4 {
            let store = FaultyStore(MemoryStore(), Fault(at: call, .before, isLasting: true))
            let error = await #expect(throws: StoreError.self) {
                try await StoreProbe(store, called: "faulty", freshID: { Random.id() }).run()
            }
            guard case .unavailable = error else { Issue.record("\(String(describing: error))"); continue }
            #expect(store.account.unexercised.isEmpty)
        }
    }

    @Test("an answer that is lost is no reason to refuse", arguments: 1...10)
    func lostAnswer(_ create: Int) async throws {
        let store = FaultyStore(MemoryStore(), Fault(.create, at: create, .after))
        try await StoreProbe(store, called: "faulty", freshID: { Random.id() }).run()
        #expect(store.account.unexercised.isEmpty)
    }

    @Test("a race of which nothing is heard, and nothing arrived, is run again; without end it is unclear, and never unsuitable")
    func lostRace() async throws {
        try await StoreProbe(DeafStore(MemoryStore(), deafTo: 3...10), called: "deaf", freshID: { Random.id() }).run()
        let error = await #expect(throws: StoreError.self) {
            try await StoreProbe(DeafStore(MemoryStore(), deafTo: 3...99), called: "deaf", freshID: { Random.id() }).run()
        }
        guard case .unclear = error else { Issue.record("\(String(describing: error))"); return }
    }

    private func expectUnsuitable(_ store: some ObjectStore) async throws {
        let error = await #expect(throws: StoreError.self) {
            try await StoreProbe(store, called: "it", freshID: { Random.id() }).run()
        }
        guard case .unsuitable("it", _) = error else { Issue.record("\(String(describing: error))"); return }
    }
}

/// Looks, and then writes: what a server does that has no conditional create of its own.
private struct RacyStore: ForwardingStore {
    let base = MemoryStore()

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        guard try await base.stat(name) == nil else { throw .exists(name) }
        for _ in 0..<100 { await Task.yield() }
        try await base.replace(name, bytes)
    }
}
