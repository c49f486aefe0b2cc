/// What this machine remembers of a repository, read **before** the listing that it is compared with is begun: what is
/// remembered later may rightly be missing from that listing.
package struct WitnessMemory: Hashable, Sendable {
    package let repository: RepositoryID
    package var keyLog: WitnessedKeyLog
    package var snapshots: [SnapshotID: WitnessedSnapshot]

    package init(
        repository: RepositoryID, keyLog: WitnessedKeyLog = WitnessedKeyLog(), snapshots: [SnapshotID: WitnessedSnapshot] = [:]
    ) {
        self.repository = repository
        self.keyLog = keyLog
        self.snapshots = snapshots
    }
}

/// How far this machine has read a repository's key log.
package struct WitnessedKeyLog: Hashable, Sendable {
    package var length: Int
    /// SHA-256 of the last record read; nil where none was.
    package var lastSum: Digest?

    package init(length: Int = 0, lastSum: Digest? = nil) {
        self.length = length
        self.lastSum = lastSum
    }

    /// All of a log that was read, by the SHA-256 of its records in their order.
    package init(of sums: [Digest]) { self.init(length: sums.count, lastSum: sums.last) }

    /// What is wrong with the log as it is now; nil where it has grown, or is as it was.
    package func alarm(with sums: [Digest]) -> WitnessAlarm? {
        if sums.count < length { return .keyLogShortened(was: length, now: sums.count) }
        if length > 0, sums[length - 1] != lastSum { return .keyLogForked(at: length - 1) }
        return nil
    }
}

/// One snapshot as this machine remembers it.
package struct WitnessedSnapshot: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// This node began it, and has not said how it ended.
        case started
        case committed
        case aborted
    }

    package let id: SnapshotID
    package let cluster: String
    package let node: String
    package let source: String
    /// The manifest's time; that of the start until there is one.
    package var time: Timestamp
    package var state: State
    /// The manifest's `sum`; nil until a manifest was seen.
    package var sum: Digest?
    package var logLength: Int
    /// When it is due: by the expiry that is obeyed, or, where it is condemned, at the end of its time in the trash. Nil: no date frees
    /// it; it is held, or kept by rules.
    package var expires: Timestamp?
    package var isCondemned: Bool
    /// This node itself committed it: only then may it be a base under `trust_base: witness`.
    package var isCommittedHere: Bool

    package init(
        id: SnapshotID, cluster: String, node: String, source: String, time: Timestamp, state: State, sum: Digest? = nil,
        logLength: Int = 0, expires: Timestamp? = nil, isCondemned: Bool = false, isCommittedHere: Bool = false
    ) {
        self.id = id
        self.cluster = cluster
        self.node = node
        self.source = source
        self.time = time
        self.state = state
        self.sum = sum
        self.logLength = logLength
        self.expires = expires
        self.isCondemned = isCondemned
        self.isCommittedHere = isCommittedHere
    }

    /// Whether its absence needs no explanation: it was due by now, or had been in the trash for its time.
    func mayBeGone(at now: Timestamp) -> Bool { Self.mayBeGone(expires: expires, isCondemned: isCondemned, at: now) }

    static func mayBeGone(expires: Timestamp?, isCondemned: Bool, at now: Timestamp) -> Bool {
        guard let expires else { return isCondemned }
        return expires <= (isCondemned ? now + toleratedClockSkew : now)
    }

    /// A pruner may have purged it by a clock that is so much ahead, in seconds.
    private static let toleratedClockSkew: Int64 = 300
}
