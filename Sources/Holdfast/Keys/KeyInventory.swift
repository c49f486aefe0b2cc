package import HoldfastModel

/// Every CMK that the project knows, and what hangs on it: `keys list`.
package struct KeyInventory: Sendable {
    package enum State: String, Hashable, Sendable {
        case active, retired, announced, scheduled, deleted
        /// Superseded without being retired, a recovery CMK, or known to its key manager alone.
        case inactive
        /// As inactive, while a key log that could say otherwise was not read.
        case unknown
    }

    package struct Row: Hashable, Sendable {
        package let cmk: CMK
        /// What people call it, by its key manager's word.
        package let label: String
        package let state: State
        package let managerState: CMKState
        /// Nil where a repository was not read: there may be more.
        package let snapshotCount: Int?
        /// Bytes that these snapshots stored anew; what they share with earlier ones is counted there. Nil likewise.
        package let byteCount: UInt64?
        package let first: Timestamp?
        package let last: Timestamp?
        package let activeSince: Timestamp?
        /// When it will be free: nil where nothing stands in the way now.
        package let free: DeletionVerdict.When?
        package let verdict: DeletionVerdict
        /// Nil unless it is on its way out.
        package let deletion: PendingDeletion?
    }

    /// Ascending by URI.
    package let rows: [Row]

    /// What could not be read, and so is in no row.
    package let unknowns: [DeletionVerdict.Unknown]

    /// Why key managers did not answer, and what to do about it.
    package let silences: [String]

    package init(_ survey: ProjectSurvey) {
        let check = DeletionCheck(survey.reading, now: survey.asOf)
        unknowns = check.verdict(on: []).unknowns
        silences = ReadCounts(survey).silences
        var under: [CMK: [ProjectReading.Snapshot]] = [:]
        for snapshot in survey.reading.clusters.flatMap(\.snapshots) where snapshot.problem == nil {
            for cmk in Set(snapshot.envelopes + snapshot.laterEnvelopes) { under[cmk, default: []].append(snapshot) }
        }
        rows = survey.reading.knownCMKs.sorted().map { cmk in
            Row(cmk, under[cmk] ?? [], survey, check.verdict(on: [cmk]))
        }
    }
}

extension KeyInventory.Row {
    fileprivate init(
        _ cmk: CMK, _ snapshots: [ProjectReading.Snapshot], _ survey: ProjectSurvey, _ verdict: DeletionVerdict
    ) {
        let clusters = survey.reading.clusters
        let logs = clusters.compactMap(\.latestKeyLog)
        let isWhole = clusters.allSatisfy { $0.problem == nil }
        self.init(
            cmk: cmk, label: survey.descriptions[cmk]?.label ?? "",
            state: KeyInventory.State(of: cmk, in: logs, areAll: logs.count == clusters.count),
            managerState: survey.reading.state(of: cmk), snapshotCount: isWhole ? snapshots.count : nil,
            byteCount: isWhole ? snapshots.reduce(0) { $0 &+ $1.bytesStored } : nil,
            first: snapshots.map(\.time).min(), last: snapshots.map(\.time).max(),
            activeSince: logs.filter { $0.active == cmk }.compactMap(\.activeSince).min(), free: verdict.when, verdict: verdict,
            deletion: survey.pendingDeletion(of: cmk))
    }
}

extension KeyInventory.State {
    /// The last step on its way that any log shows; active anywhere is active. `areAll`: every log was read.
    init(of cmk: CMK, in logs: [KeyLog], areAll: Bool) {
        if logs.contains(where: { $0.active == cmk }) {
            self = .active
        } else if logs.contains(where: { $0.deleted.contains(cmk) }) {
            self = .deleted
        } else if logs.contains(where: { $0.scheduled[cmk] != nil }) {
            self = .scheduled
        } else if logs.contains(where: { $0.standing.contains { $0.cmks.contains(cmk) } }) {
            self = .announced
        } else {
            self = logs.contains { $0.isRetired(cmk) } ? .retired : areAll ? .inactive : .unknown
        }
    }
}
