package import HoldfastModel
import Synchronization

/// Some creates do not arrive, and those who sent them do not hear of that.
package final class DeafStore: ObjectStore {
    private let base: MemoryStore
    private let deaf: ClosedRange<Int>
    private let creates = Mutex(0)

    /// Counted from 1.
    package init(_ base: MemoryStore, deafTo creates: ClosedRange<Int>) {
        self.base = base
        deaf = creates
    }

    package func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        let number = creates.withLock { creates in
            creates += 1
            return creates
        }
        guard !deaf.contains(number) else { throw .unclear(name) }
        try await base.create(name, bytes)
    }
    package func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        try await base.read(name, range: range)
    }
    package func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? { try await base.stat(name) }
    package func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) { try await base.replace(name, bytes) }
    package func delete(_ name: ObjectName) async throws(StoreError) { try await base.delete(name) }
    package func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] { try await base.list(prefix) }
    package func listPackOwners() async throws(StoreError) -> [SnapshotID] { try await base.listPackOwners() }
    package func now() async throws(StoreError) -> Timestamp { try await base.now() }
}
