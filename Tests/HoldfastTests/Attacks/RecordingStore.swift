import HoldfastModel
import HoldfastTesting
import Synchronization

/// Keeps all that anybody ever tried to write, whatever becomes of it later: lost on the way, replaced, deleted.
final class RecordingStore: ObjectStore {
    struct Written: Hashable, Sendable {
        let name: ObjectName
        let bytes: [UInt8]
    }

    private let base: any ObjectStore
    private let written = Mutex<[Written]>([])

    init(_ base: any ObjectStore) { self.base = base }

    /// In their order; what was sent twice stands twice.
    var all: [Written] { written.withLock { $0 } }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        written.withLock { $0.append(Written(name: name, bytes: bytes)) }
        try await base.create(name, bytes)
    }

    func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        written.withLock { $0.append(Written(name: name, bytes: bytes)) }
        try await base.replace(name, bytes)
    }

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        try await base.read(name, range: range)
    }

    func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? { try await base.stat(name) }
    func delete(_ name: ObjectName) async throws(StoreError) { try await base.delete(name) }
    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] { try await base.list(prefix) }
    func listPackOwners() async throws(StoreError) -> [SnapshotID] { try await base.listPackOwners() }
    func now() async throws(StoreError) -> Timestamp { try await base.now() }
}
