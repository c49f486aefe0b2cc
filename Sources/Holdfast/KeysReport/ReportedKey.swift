package import HoldfastModel

/// One CMK as the report tells of it.
package struct ReportedKey: Sendable {
    /// What its reader wants to know first.
    package enum Standing: Int, Hashable, Comparable, Sendable, CaseIterable {
        /// Nothing needs it, and it can go with all others of this standing.
        case canGo
        /// Nothing needs it alone, but not all of those that can go may go with it.
        case conflicted
        case notYet
        case unknown
        /// Known to its key manager alone: nothing was ever wrapped under it. It may be meant for the next rotation.
        case unused
        /// Nothing needs it, and its deletion is scheduled.
        case leaving
        /// Active or a recovery CMK.
        case inUse
        case gone

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    package struct Retirement: Hashable, Sendable {
        package let cluster: String
        package let at: Timestamp
    }

    package let cmk: CMK
    package let standing: Standing
    /// The last step on its way that any key log shows.
    package let state: KeyInventory.State
    package let managerState: CMKState
    /// About it alone; nil where it is gone.
    package let verdict: DeletionVerdict?
    /// Ascending, over all clusters; none where it was never active.
    package let activeSpans: [ActiveSpan]
    /// By time, ascending.
    package let retirements: [Retirement]
    /// Clusters of which the key log neither retires it nor has it on its way out.
    package let notRetiredIn: [String]
    /// When its key manager is to delete it: by its own word, else by a key log's.
    package let deletionDate: Timestamp?
    /// When a key log says that it was gone.
    package let deletedAt: Timestamp?
    /// How many snapshots it may open, alone or not, and how many of them no other CMK that stays opens.
    package let snapshotCount: Int
    package let neededCount: Int
    /// What these snapshots stored, in bytes.
    package let byteCount: UInt64
    package let first: Timestamp?
    package let last: Timestamp?
    /// Those that it alone opens first; within that what leaves last first. Not all of them, where there are many.
    package let snapshots: [ReportedSnapshot]
    /// Sets of CMKs with it of which one must stay.
    package let conflicts: [WhichKeys.Conflict]

    package var omittedCount: Int { snapshotCount - snapshots.count }

    init(
        _ cmk: CMK, logs: [ClusterKeyLog], areAll: Bool, state managerState: CMKState, deletionDate: Timestamp?,
        answer: WhichKeys,
        spans: [ActiveSpan], bundle: SnapshotBundle, limit: Int
    ) {
        self.cmk = cmk
        self.managerState = managerState
        verdict = answer.alone[cmk]
        state = KeyInventory.State(of: cmk, in: logs.map(\.log), areAll: areAll)
        activeSpans = spans
        retirements = logs.compactMap { log in
            log.log.retired[cmk].map { Retirement(cluster: log.cluster, at: log.log.records[$0].at) }
        }.sorted { ($0.at, $0.cluster) < ($1.at, $1.cluster) }
        notRetiredIn = logs.filter { !$0.log.isRetired(cmk) && !$0.leaving.contains(cmk) }.map(\.cluster)
        self.deletionDate = deletionDate ?? logs.compactMap { $0.log.scheduled[cmk] }.max()
        deletedAt = logs.compactMap { $0.deletedAt[cmk] }.min()
        let needed = Set((verdict?.blockers ?? []).filter { $0.snapshot != nil }.map { ReportedSnapshot.Place($0) })
        snapshotCount = bundle.snapshots.count
        neededCount = needed.count
        byteCount = bundle.byteCount
        first = bundle.snapshots.map(\.snapshot.time).min()
        last = bundle.snapshots.map(\.snapshot.time).max()
        snapshots = bundle.latest(limit, openedBy: cmk, needed: needed)
        conflicts = answer.conflicts.filter { $0.keepOneOf.contains(cmk) }
        let isUnused = spans.isEmpty && retirements.isEmpty && snapshotCount == 0 && answer.alone[cmk]?.answer == .safeNow
        standing =
            isUnused ? .unused : Standing(cmk, answer, isLeaving: self.deletionDate != nil || managerState.isPendingDeletion)
    }

    /// By standing, then by when it is free, then by URI.
    func comesBefore(_ other: ReportedKey) -> Bool {
        func rank(_ key: ReportedKey) -> (Int, Int64, String) {
            let isOpen = [.never, .waiting].contains(key.verdict?.when?.kind)
            return (key.standing.rawValue, isOpen ? .max : key.verdict?.when?.date?.seconds ?? .max, key.cmk.uri)
        }
        return rank(self) < rank(other)
    }
}

/// One cluster's key log, with what every CMK asks of it worked out once.
struct ClusterKeyLog {
    let cluster: String
    let log: KeyLog
    let leaving: Set<CMK>
    /// When it first says that a CMK is gone.
    let deletedAt: [CMK: Timestamp]

    init?(_ cluster: ProjectReading.Cluster) {
        guard let log = cluster.latestKeyLog else { return nil }
        self.log = log
        self.cluster = cluster.name
        leaving = log.leaving
        deletedAt = log.records.reduce(into: [:]) { times, record in
            if case .deleted(let cmk) = record.event, times[cmk] == nil { times[cmk] = record.at }
        }
    }
}

extension ReportedKey.Standing {
    fileprivate init(_ cmk: CMK, _ answer: WhichKeys, isLeaving: Bool) {
        guard let verdict = answer.alone[cmk] else {
            self = .gone
            return
        }
        switch verdict.answer {
        case _ where answer.inUse.contains(cmk): self = .inUse
        case .blocked: self = .notYet
        case .unknown: self = .unknown
        case .safeForGood, .safeNow: self = isLeaving ? .leaving : answer.together.contains(cmk) ? .canGo : .conflicted
        }
    }
}
