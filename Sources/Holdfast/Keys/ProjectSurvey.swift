package import HoldfastModel

/// What one reading of the whole project gave: the check's input, and the snapshots behind it.
package struct ProjectSurvey: Sendable {
    package var reading: ProjectReading
    /// By repository: what the listing showed of each snapshot.
    package var views: [RepositoryID: [SnapshotView]]
    /// The key logs as first read, before the listings.
    var keyLogs: [RepositoryID: KeyLogReading]
    /// Why key managers did not answer.
    var silences: [String] = []
    package let asOf: Timestamp

    /// Forgets a snapshot that was purged while it was looked at.
    mutating func drop(_ snapshot: SnapshotID, of repository: RepositoryID) {
        views[repository]?.removeAll { $0.id == snapshot }
        guard let index = reading.clusters.firstIndex(where: { $0.repository == repository }) else { return }
        reading.clusters[index].snapshots.removeAll { $0.id == snapshot }
    }
}
