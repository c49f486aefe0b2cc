package import HoldfastModel

/// What restoring one snapshot for a drill has shown.
package struct DrillResult: Sendable {
    package let snapshot: SnapshotID
    package let header: ManifestHeader
    /// The CMK that opened it.
    package let cmk: CMK
    /// All of it was restored, not a sample.
    package let isWhole: Bool
    /// What was restored and compared: all but directories, and the bytes of files without holes.
    package let files: UInt64
    package let bytes: UInt64
    /// What the snapshot has: entries, and the bytes of its files.
    package let entriesTotal: UInt64
    package let bytesTotal: UInt64
    /// The first of what could not be restored, or was not found on the disk as it should be; `errorCount` counts all.
    package let errors: [RestoreFailure]
    package let errorCount: Int
    /// The worst of them; nil where everything was restored as it was.
    package let worst: RestoreFailure.Cause?
    /// What was not asked for, and why.
    package let notes: [String]
    /// Where the next drill of its source goes on; nil where all was restored.
    package let next: DrillSweep?
}
