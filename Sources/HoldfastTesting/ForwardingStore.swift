package import HoldfastModel

/// A store behind which another does the work: one that differs in a call or two says only those.
package protocol ForwardingStore: ObjectStore {
    var base: MemoryStore { get }
}

extension ForwardingStore {
    package func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        try await base.read(name, range: range)
    }
    package func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? { try await base.stat(name) }
    package func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) { try await base.create(name, bytes) }
    package func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) { try await base.replace(name, bytes) }
    package func delete(_ name: ObjectName) async throws(StoreError) { try await base.delete(name) }
    package func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] { try await base.list(prefix) }
    package func listPackOwners() async throws(StoreError) -> [SnapshotID] { try await base.listPackOwners() }
    package func now() async throws(StoreError) -> Timestamp { try await base.now() }
}
