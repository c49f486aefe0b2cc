import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("A key log that shows a commit less than its start, or something else")
struct CommitKeyLogTests {
    @Test("makes the backup fail: what was retired or promised since would not be obeyed")
    func lagging() async throws {
        let cluster = try await TestCluster()
        let next = cluster.keyManager.createCMK()
        try await cluster.repository.appendToKeyLog(at: cluster.time, by: "test") { _ in .activate(next) }
        let source = try Scratch()
        try source.write([1, 2, 3], to: "file")
        let store = LaggingStore(base: cluster.store)
        var request = cluster.request([source.path])
        request.beforeCommit = { (_) throws(HoldfastError) in store.lag() }
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        let backup = Backup(repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress())
        let late = request
        let error = await #expect(throws: HoldfastError.self) { try await backup.run(late) }
        #expect(error.map { "\($0)" } == "the key log has 2 records, and had 3")
        #expect(try await cluster.repository.readSnapshots().allSatisfy { !$0.log.exists })
    }

    @Test("makes one that was resumed fail as well, however short the log was when it was begun")
    func resumed() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write(SeededRandom.bytes(8_000_000), to: "file")
        _ = try await cluster.interruptAtCheckpoint([source.path])
        let next = cluster.keyManager.createCMK()
        let first = try #require(CMK("fake:1"))
        for event in [KeyRecord.Event.activate(next), .retire(first)] {
            try await cluster.repository.appendToKeyLog(at: cluster.time, by: "test") { _ in event }
        }
        let store = LaggingStore(base: cluster.store)
        var request = cluster.request([source.path], after: 60)
        request.beforeCommit = { (_) throws(HoldfastError) in store.lag() }
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        let backup = Backup(repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress())
        let late = request
        let error = await #expect(throws: HoldfastError.self) { try await backup.run(late) }
        #expect(error.map { "\($0)" } == "the key log has 3 records, and had 4")
        #expect(try await cluster.repository.readSnapshots().allSatisfy { !$0.log.exists })
    }

    @Test("makes it fail also where other records stand in their places, as many")
    func forked() async throws {
        let cluster = try await TestCluster()
        let next = cluster.keyManager.createCMK()
        try await cluster.repository.appendToKeyLog(at: cluster.time, by: "test") { _ in .activate(next) }
        let source = try Scratch()
        try source.write([1, 2, 3], to: "file")
        var request = cluster.request([source.path])
        request.beforeCommit = { (_) throws(HoldfastError) in
            cluster.store.lose(.keyRecord(2))
            try await cluster.repository.appendToKeyLog(at: cluster.time, by: "somebody") { _ in .retire(next) }
        }
        let forked = request
        let error = await #expect(throws: HoldfastError.self) { try await cluster.backUp(forked) }
        #expect(error.map { "\($0)" } == "record 2 of the key log is another one than before")
        #expect(try await cluster.repository.readSnapshots().allSatisfy { !$0.log.exists })
    }
}

extension SeededRandom {
    fileprivate static func bytes(_ count: Int) -> [UInt8] {
        var random = SeededRandom(seed: 7)
        return random.bytes(count)
    }
}

/// From some time on a listing of the key log lacks its last record.
private final class LaggingStore: ForwardingStore {
    let base: MemoryStore
    private let isLagging = Mutex(false)

    init(base: MemoryStore) { self.base = base }

    func lag() { isLagging.withLock { $0 = true } }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        let listed = try await base.list(prefix)
        return prefix == .keys && isLagging.withLock(\.self) ? listed.dropLast() : listed
    }
}
