package import HoldfastModel

/// What one reading of the whole project gave: the check's input, and the snapshots behind it.
package struct ProjectSurvey: Sendable {
    package var reading: ProjectReading
    /// By repository: what the listing showed of each snapshot.
    package var views: [RepositoryID: [SnapshotView]]
    /// The key logs as first read, before the listings.
    var keyLogs: [RepositoryID: KeyLogReading]
    /// Why key managers did not answer, by their schemes.
    var silences: [String: KeyManagerSilence] = [:]
    /// What they say of the CMKs that they list.
    var descriptions: [CMK: CMKDescription] = [:]
    package let asOf: Timestamp

    /// Nil unless the CMK is on its way out: by its key manager's word, or where that says nothing by a key log's.
    func pendingDeletion(of cmk: CMK) -> PendingDeletion? {
        let (state, scheduled) = (reading.state(of: cmk), scheduledDate(of: cmk))
        let isPassing = reading.keys[cmk]?.isPassing == true && state != .deleted
        guard state.isPendingDeletion || isPassing || state == .unreachable && scheduled != nil else { return nil }
        return PendingDeletion(date: descriptions[cmk]?.deletionDate ?? scheduled, now: asOf)
    }

    func pendingDeletions(of cmks: some Sequence<CMK>) -> [CMK: PendingDeletion] {
        cmks.reduce(into: [:]) { $0[$1] = pendingDeletion(of: $1) }
    }

    /// What the key logs say, unless one of them has it as gone already.
    private func scheduledDate(of cmk: CMK) -> Timestamp? {
        let logs = reading.clusters.compactMap(\.latestKeyLog)
        return logs.contains { $0.deleted.contains(cmk) } ? nil : logs.compactMap { $0.scheduled[cmk] }.max()
    }

    /// What stands of a snapshot when it is looked at once more; nil: nothing.
    mutating func replaceView(of snapshot: SnapshotID, in repository: RepositoryID, by view: SnapshotView?) {
        guard let index = views[repository]?.firstIndex(where: { $0.id == snapshot }) else { return }
        views[repository]?.replaceSubrange(index...index, with: view.map { [$0] } ?? [])
    }

    /// Forgets a snapshot that was purged while it was looked at.
    mutating func drop(_ snapshot: SnapshotID, of repository: RepositoryID) {
        views[repository]?.removeAll { $0.id == snapshot }
        guard let index = reading.clusters.firstIndex(where: { $0.repository == repository }) else { return }
        reading.clusters[index].snapshots.removeAll { $0.id == snapshot }
    }
}
