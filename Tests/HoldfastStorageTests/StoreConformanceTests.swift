import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite("Every store keeps the same promises")
struct StoreConformanceTests {
    @Test("in memory", arguments: ObjectStoreConformance.sentences)
    func memory(_ sentence: ObjectStoreConformance.Sentence) async throws {
        try await sentence.holds(MemoryStore())
    }

    @Test("in a directory", arguments: ObjectStoreConformance.sentences)
    func directory(_ sentence: ObjectStoreConformance.Sentence) async throws {
        try await withDirectoryStore { store in try await sentence.holds(store) }
    }

    @Test("behind a decorator that does nothing", arguments: ObjectStoreConformance.sentences)
    func decorated(_ sentence: ObjectStoreConformance.Sentence) async throws {
        try await sentence.holds(FaultyStore(MemoryStore()))
    }

    @Test("the suite names each sentence that a store breaks")
    func failure() async throws {
        let failure = await #expect(throws: ObjectStoreConformance.Failure.self) {
            try await ObjectStoreConformance.run { OverwritingStore() }
        }
        let broken = try #require(failure).broken
        #expect(broken.contains { $0.hasPrefix("a name that is taken is refused") })
        #expect(broken.contains { $0.hasPrefix("of many that create one name at once") })
        #expect(broken.count < ObjectStoreConformance.sentences.count / 2)
    }

    @Test("the suite passes a store that keeps them all")
    func success() async throws {
        try await ObjectStoreConformance.run { MemoryStore() }
    }
}

/// A store without a conditional create, as some S3 servers are.
struct OverwritingStore: ForwardingStore {
    let base = MemoryStore()

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) { try await base.replace(name, bytes) }
}
