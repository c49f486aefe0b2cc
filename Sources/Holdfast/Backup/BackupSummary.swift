package import HoldfastModel
package import HoldfastStorage

/// What a finished backup did.
package struct BackupSummary: Sendable {
    package let snapshot: SnapshotID
    package let header: ManifestHeader
    package let figures: BackupProgress.Figures
    /// What could not be read, or changed meanwhile; the snapshot is marked with their number.
    package let problems: [SourceProblem]
    /// Why there is no base, or why a newer one was passed over; empty where all is as usual.
    package let baseNotes: [String]
    /// What else did not go as usual, and does not make the snapshot a worse one.
    package let notes: [String]
    package let isResumed: Bool
}
