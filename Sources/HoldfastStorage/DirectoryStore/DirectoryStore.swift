import CPosix
import Glibc
import HoldfastCrypto
package import HoldfastModel

/// A repository in a directory of this machine, or of a file server that it mounts.
///
/// An object is written under `tmp/`, synced, and only then linked to its name, so no reader ever sees a part of it. How a name is
/// made durable, and what is done before anybody relies on another's record: `DirectoryFiles`.
package final class DirectoryStore: ObjectStore {
    private let files: DirectoryFiles
    /// Apart from one another, so that a few slow writes do not hold up the reads of a restore.
    private let reads = BlockingQueue(label: "holdfast.store.reads", width: 8)
    private let writes = BlockingQueue(label: "holdfast.store.writes", width: 4)

    private init(_ files: DirectoryFiles) { self.files = files }

    /// Makes the directory (mode 0700) with `tmp/` in it, where they are missing, and opens it. Whether a repository
    /// is already in it shows when `holdfast.json` is created.
    package static func create(at path: String) async throws(StoreError) -> DirectoryStore {
        try await opening { () throws(StoreError) in try DirectoryFiles.create(at: path) }
    }

    /// Throws `.noRepository` where there is no such directory. An empty one opens: it lacks `holdfast.json`.
    package static func open(at path: String, for use: StoreUse = .deciding) async throws(StoreError) -> DirectoryStore {
        try await opening { () throws(StoreError) in try DirectoryFiles.open(at: path, for: use) }
    }

    private static func opening(
        _ body: @escaping @Sendable () throws(StoreError) -> DirectoryFiles
    ) async throws(StoreError) -> DirectoryStore {
        DirectoryStore(try await BlockingQueue(label: "holdfast.store.open", width: 1).run(body))
    }

    /// Where the repository is, as it was given.
    package var path: String { files.path }

    /// Throws `.unsuitable` where the file system does not hold what a repository rests on.
    package func probe() async throws(StoreError) {
        try await StoreProbe(self, called: path, freshID: { Random.id() }).run()
    }

    /// Removes what writers that died have left under `tmp/`, and returns how many files those were. A writer that lives
    /// and lost its file all the same gets an error, never half an object.
    @discardableResult
    package func removeStaleTemporaries(olderThan limit: Timestamp) async throws(StoreError) -> Int {
        try await writes.run { [files] () throws(StoreError) in try files.removeTemporaries(olderThan: limit) }
    }

    package func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        try await reads.run { [files] () throws(StoreError) in try files.read(name, range: range) }
    }

    package func read(_ name: ObjectName, range: Range<Int>, into buffer: ReadBuffer) async throws(StoreError) {
        try await reads.run { [files] () throws(StoreError) in try files.read(name, range: range, into: buffer) }
    }

    package func read(all names: [ObjectName]) async throws(StoreError) -> [[UInt8]] {
        try await reads.run { [files] () throws(StoreError) in try files.read(all: names) }
    }

    package func read(each names: [ObjectName], isReliedOn: Bool) async -> [Result<[UInt8], StoreError>] {
        await reads.run { [files] () throws(Never) in files.read(each: names, isReliedOn: isReliedOn) }
    }

    package func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? {
        try await reads.run { [files] () throws(StoreError) in try files.stat(name) }
    }

    package func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        try await writes.run { [files] () throws(StoreError) in try files.write(name, bytes, .ifAbsent) }
    }

    package func begin() -> (any GrowingObject)? { GrowingFile(in: files, writes: writes) }

    package func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        try await writes.run { [files] () throws(StoreError) in try files.write(name, bytes, .replacing) }
    }

    package func delete(_ name: ObjectName) async throws(StoreError) {
        try await writes.run { [files] () throws(StoreError) in try files.delete(name) }
    }

    package func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        try await reads.run { [files] () throws(StoreError) in try files.list(prefix) }
    }

    package func changedLogs(since known: @Sendable () async -> LogStamps) async throws(StoreError) -> LogListing {
        try await changedLogs(since: known, at: try await now())
    }

    /// What changed less than two seconds before `now` gets no stamp.
    package func changedLogs(
        since known: @Sendable () async -> LogStamps, at now: Timestamp
    ) async throws(StoreError) -> LogListing {
        let ids = try await reads.run { [files] () throws(StoreError) in try files.listSnapshots() }
        let known = await known()
        return try await reads.run { [files] () throws(StoreError) in
            try files.changedLogs(among: ids, since: known, at: now)
        }
    }

    package func listPackOwners() async throws(StoreError) -> [SnapshotID] {
        try await reads.run { [files] () throws(StoreError) in try files.listPackOwners() }
    }

    /// This machine's clock: that of a file server could only be had by writing to it.
    package func now() async throws(StoreError) -> Timestamp { Timestamp(seconds: Int64(time(nil))) }
}
