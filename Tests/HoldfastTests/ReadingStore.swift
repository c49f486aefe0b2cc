import HoldfastModel
import HoldfastTesting
import Synchronization

/// Notes what is read of packs, and stops reading them once so many bytes were asked for.
final class ReadingStore: ObjectStore {
    private struct State {
        var reads: [Range<Int>] = []
        var limit = Int.max
        var byteCount: Int { reads.map(\.count).reduce(0, +) }
    }

    let store: MemoryStore
    private let state = Mutex(State())

    init(_ store: MemoryStore) { self.store = store }

    var packReads: [Range<Int>] { state.withLock { $0.reads } }
    var byteCount: Int { state.withLock { $0.byteCount } }

    /// Begins anew; from `limit` bytes on the store is gone.
    func forget(limit: Int = .max) { state.withLock { $0 = State(limit: limit) } }

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        if case .pack = name.parsed, let range {
            let isThere = state.withLock { state in
                guard state.byteCount + range.count <= state.limit else { return false }
                state.reads.append(range)
                return true
            }
            guard isThere else { throw .unavailable(name.text, detail: "stopped by the test") }
        }
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
