/// Where a repository's objects live. One primitive carries all protocols: *create one object if absent*.
///
/// What every store must hold, and what the conformance suite in HoldfastTesting tries:
/// - A finished `create` is seen by every later read and listing, and survives a crash of this machine.
/// - Of many that create one name at once exactly one succeeds; all others get `.exists`.
/// - No reader ever sees a part of an object.
/// - Nothing that stands is ever changed, but by `replace`, which is for checkpoints alone.
package protocol ObjectStore: Sendable {
    /// The bytes of `range`, or all where it is nil. Throws `.notFound`; a range past the end is `.damaged`, and so is all
    /// of an object that is longer than its name lets it be: that is not read.
    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8]

    /// The same bytes of a range, at the front of a buffer that the caller uses again. After an error anything may be in it.
    func read(_ name: ObjectName, range: Range<Int>, into buffer: ReadBuffer) async throws(StoreError)

    /// The bytes of each of many small objects, in the order of their names: what `read` would give one by one.
    func read(all names: [ObjectName]) async throws(StoreError) -> [[UInt8]]

    /// The same, where each that cannot be read says why, in the order of the names.
    ///
    /// `isReliedOn`: whether anything is decided by them. Where nothing is, as in a check, a directory store need not make durable what it
    /// shows (`docs/PROTOCOL.md`, section 5, ruling 4).
    func read(each names: [ObjectName], isReliedOn: Bool) async -> [Result<[UInt8], StoreError>]

    /// Size and time of one object; nil where there is none.
    func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject?

    /// Creates the object if its name is free. Throws `.exists` where it is not (nothing was changed), and `.unclear`
    /// where the answer was lost: the object may stand or not, so read before you decide.
    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError)

    /// An object that is to be created and is taken in parts, so that its bytes are never in memory at once; nothing is done before the first.
    /// Nil where the store takes objects whole, as most do.
    func begin() -> (any GrowingObject)?

    /// Creates or replaces a checkpoint, whole.
    func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError)

    /// Removes the object; one that is absent already is no error.
    func delete(_ name: ObjectName) async throws(StoreError)

    /// All objects under a prefix, ascending by name. A log's numbers come as text sorts them. A snapshot's log that cannot be listed stands as
    /// a record 0 that cannot be read, and an object that cannot be looked at bears its problem: they keep no other from being listed. Throws
    /// `.unlisted` where the prefix itself cannot be.
    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject]

    /// The snapshot logs that are not what `known` says of them, from a listing that begins after the call: what is left out is
    /// as it was when its stamp was taken. `known` is asked for once the listing is under way: reading it may take as long.
    func changedLogs(since known: @Sendable () async -> LogStamps) async throws(StoreError) -> LogListing

    /// The ids under `packs/` that own anything, without listing their packs; ascending.
    func listPackOwners() async throws(StoreError) -> [SnapshotID]

    /// Whether the store was asked to keep objects from deletion until a date, and can.
    var locksObjects: Bool { get }

    /// The same store, where all that is created is kept from deletion until `date`. Checkpoints, which are replaced, are not.
    func locking(until date: Timestamp) -> any ObjectStore

    /// Keeps objects that stand from deletion until `date`: none for less long than it is kept already.
    func lock(_ names: [ObjectName], until date: Timestamp) async throws(StoreError)

    /// Whether an object that stands is kept from deletion until `date` at least, and as strictly as this store was asked to.
    func locks(_ name: ObjectName, until date: Timestamp) async throws(StoreError) -> Bool

    /// The store's own clock: patience (grace, stale times) is measured by it, safety never.
    func now() async throws(StoreError) -> Timestamp
}

extension ObjectStore {
    package func read(_ name: ObjectName) async throws(StoreError) -> [UInt8] { try await read(name, range: nil) }

    package func read(_ name: ObjectName, range: Range<Int>, into buffer: ReadBuffer) async throws(StoreError) {
        buffer.replace(with: try await read(name, range: range))
    }

    package func read(all names: [ObjectName]) async throws(StoreError) -> [[UInt8]] {
        var objects: [[UInt8]] = []
        for name in names { objects.append(try await read(name)) }
        return objects
    }

    package func begin() -> (any GrowingObject)? { nil }

    package func read(each names: [ObjectName], isReliedOn: Bool) async -> [Result<[UInt8], StoreError>] {
        var objects: [Result<[UInt8], StoreError>] = []
        for name in names {
            do throws(StoreError) {
                let bytes = try await read(name)
                objects.append(.success(bytes))
            } catch {
                objects.append(.failure(error))
            }
        }
        return objects
    }
}

/// Most stores cannot keep anybody from deleting, and are not asked to.
extension ObjectStore {
    package var locksObjects: Bool { false }

    package func locking(until date: Timestamp) -> any ObjectStore { self }

    package func lock(_ names: [ObjectName], until date: Timestamp) async throws(StoreError) {}

    package func locks(_ name: ObjectName, until date: Timestamp) async throws(StoreError) -> Bool { false }
}

/// An object that has no name yet; gone when this value goes.
package protocol GrowingObject: Sendable {
    /// Adds bytes at its end; one call at a time. A part of some MiB that is a multiple of one is what costs least. After an error it is of no use.
    func append(_ bytes: [UInt8]) async throws(StoreError)

    /// Gives it its name if that is free: what `ObjectStore.create` says. After `.unclear` it can be asked again.
    func create(_ name: ObjectName) async throws(StoreError)
}

/// One object as a store lists it.
package struct StoredObject: Hashable, Sendable {
    package let name: ObjectName
    package let byteCount: Int
    /// When the store took it, by the store's clock.
    package let modified: Timestamp
    /// Where the listing itself shows that it cannot be read.
    package let problem: Problem?

    /// Why something that stands cannot be read.
    package enum Problem: Hashable, Sendable {
        /// The store does not tell just now: what it says is unknown, and so are its length and its time.
        case unread(String)
        /// It is no object at all, and no later reading makes it one.
        case odd(String)
    }

    package init(name: ObjectName, byteCount: Int, modified: Timestamp, problem: Problem? = nil) {
        self.name = name
        self.byteCount = byteCount
        self.modified = modified
        self.problem = problem
    }
}

extension Sequence<StoredObject> {
    /// Of all of them, as listed: a sparse file may say anything, and so may a server.
    package var byteCount: Int { lazy.map(\.byteCount).saturatedSum }
}

/// Why a store did not do what it was asked.
package enum StoreError: Error, Hashable, Sendable {
    case notFound(ObjectName)
    case exists(ObjectName)
    /// The answer to a create was lost: it may have happened.
    case unclear(ObjectName)
    case noSpace(ObjectName)
    case denied(String, detail: String)
    /// There is no repository where the project says.
    case noRepository(String)
    /// The store cannot create an object only if it is absent, or cannot keep it: it is refused.
    case unsuitable(String, detail: String)
    /// Shorter than was asked for, or not readable: the medium or someone with access changed it.
    case damaged(ObjectName, detail: String)
    /// A part of the repository that is there and cannot be listed, by its prefix: damage as well.
    case unlisted(String, detail: String)
    case unavailable(String, detail: String)
}
