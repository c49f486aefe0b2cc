import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// A snapshot between its start record and its manifest.
struct SnapshotDraft: ~Copyable {
    let id: SnapshotID
    /// SHA-256 of record 0, which the manifest names.
    let startDigest: Digest
    /// The number of the last key-log record read before the start record.
    let keyLogPosition: Int
    /// The highest number that was read of it, which is more where an interrupted run had begun the snapshot.
    let keyLogRead: Int
    /// Drawn by this incarnation of the writer, in memory only.
    let key: Secret
    let wrapped: WrappedSnapshotKey
    let base: OpenedSnapshot?
    /// What an interrupted run had stored under the same id.
    let checkpoint: OpenedSnapshot?
    let started: Timestamp
    /// Nil where the store is not asked to keep anybody from deleting it.
    let lock: SnapshotLock?
    /// The newest barrier known at the start.
    let barrier: Int?
}
