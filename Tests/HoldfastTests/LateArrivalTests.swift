import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("A create that arrives when its sender has given it up")
struct LateArrivalTests {
    @Test("the sender finds its own pack there, and goes on", arguments: ["packs/", "keys/", "/1"])
    func late(part: String) async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "file")
        let late = LateStore(cluster.store, late: part)
        let repository = Repository(id: cluster.repository.id, store: late, project: "test", cluster: "default")
        try await repository.appendToKeyLog(at: cluster.time, by: "test") { $0.newestBarrier == nil ? .barrier : nil }
        let backup = Backup(repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress())
        let summary = try await backup.run(cluster.request([source.path]))
        #expect(try await cluster.contents(summary.snapshot) == ["\(source.path)/file": [1, 2, 3]])
        #expect(try await cluster.repository.readKeyLog().log.records.count { $0.event == .barrier } == 1)
        #expect(late.hasStruck)
    }
}

/// The first create of such a name arrives just before the second.
private final class LateStore: ForwardingStore {
    let base: MemoryStore
    private let part: String
    private let delayed = Mutex<ObjectName?>(nil)

    init(_ base: MemoryStore, late part: String) { (self.base, self.part) = (base, part) }

    var hasStruck: Bool { delayed.withLock { $0 != nil } }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        let isDelayed = delayed.withLock { delayed in
            guard delayed == nil, name.text.contains(part) else { return false }
            delayed = name
            return true
        }
        if isDelayed { throw .unclear(name) }
        try await base.create(name, bytes)
        if delayed.withLock({ $0 == name }) { throw .exists(name) }
    }
}
