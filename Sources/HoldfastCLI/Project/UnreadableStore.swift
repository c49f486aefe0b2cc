import HoldfastModel

/// Stands for a store that could not be opened: answers everything with the reason.
struct UnreadableStore: ObjectStore {
    private let reason: StoreError

    init(_ reason: StoreError) { self.reason = reason }

    func read(_ name: ObjectName, range: Range<Int>?) throws(StoreError) -> [UInt8] { throw reason }
    func stat(_ name: ObjectName) throws(StoreError) -> StoredObject? { throw reason }
    func create(_ name: ObjectName, _ bytes: [UInt8]) throws(StoreError) { throw reason }
    func replace(_ name: ObjectName, _ bytes: [UInt8]) throws(StoreError) { throw reason }
    func delete(_ name: ObjectName) throws(StoreError) { throw reason }
    func list(_ prefix: ObjectPrefix) throws(StoreError) -> [StoredObject] { throw reason }
    func listPackOwners() throws(StoreError) -> [SnapshotID] { throw reason }
    func now() throws(StoreError) -> Timestamp { throw reason }
}
