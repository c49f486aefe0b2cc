import HoldfastModel
import Synchronization

/// A store in the hands of somebody else: it shows what it was given, and notes whether anybody wrote to it.
final class TamperedStore: ObjectStore {
    private let objects: [ObjectName: [UInt8]]
    private let time: Timestamp
    private let writes = Mutex(0)

    init(_ objects: [ObjectName: [UInt8]], at time: Timestamp) { (self.objects, self.time) = (objects, time) }

    var isUntouched: Bool { writes.withLock { $0 == 0 } }

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        guard let bytes = objects[name] else { throw .notFound(name) }
        guard let range else { return bytes }
        guard range.upperBound <= bytes.count else { throw .damaged(name, detail: "it has \(bytes.count) bytes") }
        return Array(bytes[range])
    }

    func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? { objects[name].map { listed(name, $0) } }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        objects.filter { $0.key.text.hasPrefix(prefix.text) }.map(listed).sorted { $0.name < $1.name }
    }

    func listPackOwners() async throws(StoreError) -> [SnapshotID] {
        Set(objects.keys.compactMap { if case .pack(_, let owner) = $0.parsed { owner } else { nil } }).sorted()
    }

    func now() async throws(StoreError) -> Timestamp { time }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) { try refuse(name) }
    func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) { try refuse(name) }
    func delete(_ name: ObjectName) async throws(StoreError) { try refuse(name) }

    private func refuse(_ name: ObjectName) throws(StoreError) {
        writes.withLock { $0 += 1 }
        throw .denied(name.text, detail: "nobody writes here")
    }

    private func listed(_ name: ObjectName, _ bytes: [UInt8]) -> StoredObject {
        StoredObject(name: name, byteCount: bytes.count, modified: time)
    }
}
