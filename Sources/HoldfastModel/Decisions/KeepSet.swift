/// Which snapshots stay, and why (`docs/RETENTION.md`, sections 1.2 and 2). The order of the input does not matter, and
/// what was kept is kept again when it alone is asked about.
package struct KeepSet: Hashable, Sendable {
    /// What the decision rests on beside the snapshots.
    package struct Circumstances: Sendable {
        /// So many newest good snapshots of each group stay while backups are on.
        package var keepMin: Int
        package var backupsAreOn: Bool
        package var now: Timestamp
        /// The bases of open snapshots.
        package var basesOfOpen: Set<SnapshotID>
        /// CMKs that the key log calls deleted.
        package var deletedCMKs: Set<CMK>

        package init(
            keepMin: Int, backupsAreOn: Bool, now: Timestamp, basesOfOpen: Set<SnapshotID> = [], deletedCMKs: Set<CMK> = []
        ) {
            self.keepMin = keepMin
            self.backupsAreOn = backupsAreOn
            self.now = now
            self.basesOfOpen = basesOfOpen
            self.deletedCMKs = deletedCMKs
        }
    }

    /// Of every snapshot that is not in the trash: why it stays. None: it is to be condemned.
    package let reasons: [SnapshotID: [KeepReason]]

    package init(_ snapshots: [KeepSubject], under circumstances: Circumstances) {
        let guarded = Self.guarded(snapshots, circumstances)
        var reasons: [SnapshotID: [KeepReason]] = [:]
        for snapshot in snapshots where !snapshot.isInTrash {
            reasons[snapshot.id] = Self.reasons(for: snapshot, circumstances, isGuarded: guarded.contains(snapshot.id))
        }
        self.reasons = reasons
    }

    /// Ascending by id.
    package var condemned: [SnapshotID] { reasons.filter(\.value.isEmpty).keys.sorted() }

    private static func reasons(
        for snapshot: KeepSubject, _ circumstances: Circumstances, isGuarded: Bool
    ) -> [KeepReason] {
        var reasons: [KeepReason] = []
        if !snapshot.holds.isEmpty { reasons.append(.hold) }
        if circumstances.basesOfOpen.contains(snapshot.id) { reasons.append(.base) }
        if snapshot.time > circumstances.now { reasons.append(.future) }
        switch snapshot.expires {
        case .some(let expires): if circumstances.now < expires { reasons.append(.expiry) }
        case nil: reasons.append(.noRule)
        }
        if isGuarded { reasons.append(.guard) }
        return reasons
    }

    /// The newest good snapshots of each group; none once backups are off, and then the dates stand.
    private static func guarded(_ snapshots: [KeepSubject], _ circumstances: Circumstances) -> Set<SnapshotID> {
        guard circumstances.backupsAreOn else { return [] }
        let good = snapshots.filter { $0.isGood(circumstances) }
        let newest = Dictionary(grouping: good, by: \.group).values.flatMap { group in
            group.sorted { ($0.time, $0.id) > ($1.time, $1.id) }.prefix(circumstances.keepMin)
        }
        return Set(newest.map(\.id))
    }
}

extension KeepSubject {
    /// One that a restore can count on, as far as clear data tell.
    fileprivate func isGood(_ circumstances: KeepSet.Circumstances) -> Bool {
        !isInTrash && !isDamaged && time <= circumstances.now && !cmks.isSubset(of: circumstances.deletedCMKs)
    }
}
