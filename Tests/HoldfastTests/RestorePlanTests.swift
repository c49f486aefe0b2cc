import Holdfast
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Synchronization
import Testing

@Suite struct RestorePlanTests {
    /// Notes what is read of packs.
    private final class ReadingStore: ObjectStore {
        let store: MemoryStore
        private let state = Mutex<[Range<Int>]>([])

        init(_ store: MemoryStore) { self.store = store }

        var packReads: [Range<Int>] {
            get { state.withLock { $0 } }
        }

        func forget() { state.withLock { $0 = [] } }

        func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
            if case .pack = name.parsed, let range { state.withLock { $0.append(range) } }
            return try await store.read(name, range: range)
        }
        func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? { try await store.stat(name) }
        func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) { try await store.create(name, bytes) }
        func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) { try await store.replace(name, bytes) }
        func delete(_ name: ObjectName) async throws(StoreError) { try await store.delete(name) }
        func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] { try await store.list(prefix) }
        func listPackOwners() async throws(StoreError) -> [SnapshotID] { try await store.listPackOwners() }
        func now() async throws(StoreError) -> Timestamp { try await store.now() }
    }

    @Test(
        "chunks that lie near each other are read at once, each once, however often they are used",
        arguments: [
            (RestoreLimits(), [8..<3148]),
            (RestoreLimits(gapByteCount: 0), [8..<124, 240..<356, 3032..<3148]),
            (RestoreLimits(gapByteCount: 200), [8..<356, 3032..<3148]),
            (RestoreLimits(readByteCount: 300), [8..<124, 240..<356, 3032..<3148]),
        ])
    func reads(limits: RestoreLimits, expected: [Range<Int>]) async throws {
        let scratch = try RestoreScratch()
        var reading: ReadingStore?
        let fixture = try RestoreFixture { store in
            let wrapped = ReadingStore(store)
            reading = wrapped
            return wrapped
        }
        let craft = RestoreCraft(fixture)
        let chunks = [100, 100, 100, 2660, 100].enumerated().map { index, count in
            craft.chunk([UInt8](repeating: UInt8(index + 1), count: count))
        }
        let used = [chunks[0], chunks[2], chunks[4]]
        craft.file("a", used + used).file("b", used.reversed()).file("c", used)
        let snapshot = try await craft.finish()
        let store = try #require(reading)
        store.forget()
        let summary = try await Restore(snapshot, to: try scratch.target(), options: .init(limits: limits), cores: 1).run()
        #expect(summary.errors == [])
        // Both passes read the one listing chunk.
        let listing = store.packReads.filter { read in !expected.contains(read) }
        #expect(listing.count == 2)
        #expect(store.packReads.filter(expected.contains).sorted { $0.lowerBound < $1.lowerBound } == expected)
        #expect(try scratch.bytes("t/b") == scratch.bytes("t/c").reversed())
    }
}
