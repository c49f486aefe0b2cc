import HoldfastFormat
package import HoldfastModel
import Synchronization

/// A store that keeps its objects in memory and its time by a clock that the test moves.
///
/// Where it locks objects, one that is locked cannot be deleted: that is stricter than S3, which hides its versions from view.
package final class MemoryStore: ObjectStore {
    private struct Object {
        var bytes: [UInt8]
        let modified: Timestamp
        var lockedUntil: Timestamp?
    }

    /// What a store and its locking twin have in common.
    private final class Contents: Sendable {
        private let objects = Mutex<[ObjectName: Object]>([:])
        let locked = Mutex(0)

        func withLock<Answer: Sendable>(_ body: (inout [ObjectName: Object]) -> Answer) -> Answer {
            objects.withLock { body(&$0) }
        }
    }

    private let objects: Contents
    package let clock: ManualClock
    package let locksObjects: Bool
    private let lockedUntil: Timestamp?

    package init(clock: ManualClock = ManualClock(), locksObjects: Bool = false) {
        objects = Contents()
        self.clock = clock
        self.locksObjects = locksObjects
        lockedUntil = nil
    }

    private init(_ other: MemoryStore, lockedUntil: Timestamp) {
        objects = other.objects
        clock = other.clock
        locksObjects = other.locksObjects
        self.lockedUntil = lockedUntil
    }

    package func locking(until date: Timestamp) -> any ObjectStore {
        locksObjects ? MemoryStore(self, lockedUntil: date) : self
    }

    package func locks(_ name: ObjectName, until date: Timestamp) async throws(StoreError) -> Bool {
        locksObjects && objects.withLock { objects in objects[name]?.lockedUntil.map { $0 >= date } ?? false }
    }

    package func lock(_ names: [ObjectName], until date: Timestamp) async throws(StoreError) {
        guard locksObjects else { return }
        objects.locked.withLock { $0 += names.count { $0.text.hasPrefix("packs/") } }
        for name in names {
            let isThere = objects.withLock { objects in
                guard let locked = objects[name]?.lockedUntil ?? objects[name].map({ _ in date }) else { return false }
                objects[name]?.lockedUntil = max(locked, date)
                return true
            }
            guard isThere else { throw .notFound(name) }
        }
    }

    package func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        guard let bytes = objects.withLock({ $0[name]?.bytes }) else { throw .notFound(name) }
        guard let range else {
            guard bytes.count <= name.maximumByteCount else { throw .tooLong(name, bytes.count) }
            return bytes
        }
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
            objects[name] = Object(bytes: bytes, modified: clock.now, lockedUntil: lockedUntil)
            return true
        }
        guard isNew else { throw .exists(name) }
    }

    package func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        objects.withLock { $0[name] = Object(bytes: bytes, modified: clock.now) }
    }

    package func delete(_ name: ObjectName) async throws(StoreError) {
        let lockedUntil = objects.withLock { objects in
            if let date = objects[name]?.lockedUntil, clock.now < date { return date as Timestamp? }
            objects[name] = nil
            return nil
        }
        if let lockedUntil { throw .denied(name.text, detail: "it is locked until \(lockedUntil)") }
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

    /// Loses every lock, as a copy in another bucket does.
    package func loseLocks() {
        objects.withLock { objects in
            for name in objects.keys { objects[name]?.lockedUntil = nil }
        }
    }

    /// Loses an object, however it is locked.
    package func lose(_ name: ObjectName) { objects.withLock { $0[name] = nil } }

    /// How many packs were locked after they had been created, each time that somebody asked.
    package var packLockCalls: Int { objects.locked.withLock(\.self) }

    /// Until when an object is locked; nil where it is not, or there is none.
    package func lock(on name: ObjectName) -> Timestamp? { objects.withLock { $0[name]?.lockedUntil } }
}
