/// What a reading of the whole repository showed, in the words of the witness.
package struct WitnessSighting: Hashable, Sendable {
    /// The id that the repository itself gives.
    package let repository: RepositoryID
    /// SHA-256 of each key-log record's bytes, from 0 on.
    package let keyLogSums: [Digest]
    package let snapshots: [SeenSnapshot]
    /// So many newest of each source compliance keeps, whatever their dates.
    package let promisedCount: Int

    package init(
        repository: RepositoryID, keyLogSums: [Digest], snapshots: [SeenSnapshot], under compliance: Compliance? = nil
    ) {
        self.repository = repository
        self.keyLogSums = keyLogSums
        self.snapshots = snapshots
        promisedCount = compliance?.keepMin ?? 0
    }
}

/// One snapshot as a listing showed it.
package struct SeenSnapshot: Hashable, Sendable {
    /// What stands at number 1. Without a start record: what stands there though nobody decided its deletion.
    package enum Outcome: Hashable, Sendable {
        case none
        case manifest(sum: Digest)
        case aborted
        /// Damaged or of a newer format: there, and not to be compared.
        case unreadable
    }

    package let id: SnapshotID
    package let hasStart: Bool
    package let outcome: Outcome
    package let cluster: String
    package let node: String
    package let source: String
    package let time: Timestamp
    package let logLength: Int
    /// When it may rightly be gone: by the expiry that is obeyed, or at the end of its time in the trash; nil: never, as things stand.
    package let expires: Timestamp?
    /// And kept by nothing all the same.
    package let isCondemned: Bool
    /// Its deletion is decided: nothing of it can be relied on any more.
    package let isDeleting: Bool

    package init(
        id: SnapshotID, hasStart: Bool = true, outcome: Outcome, cluster: String, node: String, source: String,
        time: Timestamp, logLength: Int, expires: Timestamp? = nil, isCondemned: Bool = false, isDeleting: Bool = false
    ) {
        self.id = id
        self.hasStart = hasStart
        self.outcome = outcome
        self.cluster = cluster
        self.node = node
        self.source = source
        self.time = time
        self.logLength = logLength
        self.expires = expires
        self.isCondemned = isCondemned
        self.isDeleting = isDeleting
    }

    /// A manifest without its `sum` cannot be compared, and counts as unreadable. `trashEnd`: where it is condemned, when a prune takes
    /// it as things stand (`SnapshotLog.trashEnd`).
    package init(_ log: SnapshotLog, sum: Digest?, trashEnd: Timestamp?, under compliance: Compliance?) {
        let outcome: Outcome
        switch log.outcome {
        case .none: outcome = log.state == .void ? sum.map(Outcome.manifest) ?? .none : .none
        case .manifest: outcome = sum.map(Outcome.manifest) ?? .unreadable
        case .aborted: outcome = .aborted
        case .unreadable: outcome = .unreadable
        }
        let header = log.header
        let isCondemned = log.isLetGo && trashEnd != nil
        self.init(
            id: log.id, hasStart: log.start != nil || log.startProblem != nil, outcome: outcome,
            cluster: header?.cluster ?? log.start?.cluster ?? "", node: header?.node ?? log.start?.node ?? "",
            source: header?.source ?? log.start?.source ?? "", time: header?.time ?? Timestamp(seconds: 0),
            logLength: log.length, expires: isCondemned ? trashEnd : log.due(under: compliance), isCondemned: isCondemned,
            isDeleting: log.state == .deleting)
    }
}

extension SnapshotLog {
    /// When one that is not condemned may rightly be gone. What is held, or may be, is neither condemned nor purged, whatever its dates
    /// say, and what the store keeps is not purged before it lets go.
    fileprivate func due(under compliance: Compliance?) -> Timestamp? {
        guard condemnation == nil, holds.isEmpty, !mayBeKeptByUnknown, let due = expires(under: compliance) else { return nil }
        return lockedUntil.map { max(due, $0) } ?? due
    }
}
