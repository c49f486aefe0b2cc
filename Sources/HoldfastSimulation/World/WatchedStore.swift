import HoldfastModel

/// The store itself, and beside it the ledger, which is told of everything that changed.
struct WatchedStore: ObjectStore {
    let base: any ObjectStore
    let ledger: Ledger
    /// The number of the cluster.
    let site: Int
    let author: Author

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        try await base.read(name, range: range)
    }

    func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? { try await base.stat(name) }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        try await base.create(name, bytes)
        ledger.created(name, bytes, at: site, by: author)
    }

    func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) { try await base.replace(name, bytes) }

    func delete(_ name: ObjectName) async throws(StoreError) {
        try await base.delete(name)
        ledger.deleted(name, at: site)
    }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] { try await base.list(prefix) }
    func listPackOwners() async throws(StoreError) -> [SnapshotID] { try await base.listPackOwners() }
    func now() async throws(StoreError) -> Timestamp { try await base.now() }
}

/// Who changes something, as far as the ledger must know: what a snapshot is of, and what was to be forgotten.
struct Author: Sendable {
    let name: String
    /// The number of the content that is backed up.
    var content: Int?
    var forgets: Set<SnapshotID> = []
    /// For how many days each cluster's key log promised to keep everything when he began: so much he must have read.
    var promisedDays: [Int64] = []
}
