package import HoldfastModel
import Synchronization

/// A store that keeps its objects in memory and its time by a clock that the test moves.
package final class MemoryStore: ObjectStore {
    private struct Object {
        let bytes: [UInt8]
        let modified: Timestamp
    }

    private let objects = Mutex<[ObjectName: Object]>([:])
    package let clock: ManualClock

    package init(clock: ManualClock = ManualClock()) { self.clock = clock }

    package func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        guard let bytes = objects.withLock({ $0[name]?.bytes }) else { throw .notFound(name) }
        guard let range else { return bytes }
        guard range.upperBound <= bytes.count else {
            throw .damaged(name, detail: "it has \(bytes.count) bytes, \(range.upperBound) were asked for")
        }
        return Array(bytes[range])
    }

    package func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? {
        objects.withLock { $0[name].map { Self.listed(name, $0) } }
    }

    package func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        let isNew = objects.withLock { objects in
            guard objects[name] == nil else { return false }
            objects[name] = Object(bytes: bytes, modified: clock.now)
            return true
        }
        guard isNew else { throw .exists(name) }
    }

    package func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        objects.withLock { $0[name] = Object(bytes: bytes, modified: clock.now) }
    }

    package func delete(_ name: ObjectName) async throws(StoreError) {
        objects.withLock { $0[name] = nil }
    }

    package func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        objects.withLock { $0.filter { $0.key.text.hasPrefix(prefix.text) }.map(Self.listed) }.sorted { $0.name < $1.name }
    }

    package func listPackOwners() async throws(StoreError) -> [SnapshotID] {
        objects.withLock { objects in
            Set(objects.keys.compactMap { if case .pack(_, let owner) = $0.parsed { owner } else { nil } })
        }.sorted()
    }

    package func now() async throws(StoreError) -> Timestamp { clock.now }

    private static func listed(_ name: ObjectName, _ object: Object) -> StoredObject {
        StoredObject(name: name, byteCount: object.bytes.count, modified: object.modified)
    }
}

/// What a test may do behind the store's back, as a failing disk or an intruder would.
extension MemoryStore {
    /// All objects that stand, ascending.
    package var names: [ObjectName] { objects.withLock { $0.keys.sorted() } }

    /// Changes an object's bytes in place, or puts one where none was.
    package func tamper(_ name: ObjectName, _ change: (inout [UInt8]) -> Void) {
        objects.withLock { objects in
            var bytes = objects[name]?.bytes ?? []
            change(&bytes)
            objects[name] = Object(bytes: bytes, modified: objects[name]?.modified ?? clock.now)
        }
    }
}
