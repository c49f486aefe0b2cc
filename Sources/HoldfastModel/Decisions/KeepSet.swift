/// Which snapshots stay, and why (`docs/RETENTION.md`, sections 1.2 and 2): a pure function of clear data.
///
/// It is a fixed point: what it keeps it keeps again, whatever the order in which snapshots come.
package struct KeepSet: Hashable, Sendable {
    /// What is decided from besides the snapshots and the policy.
    package struct Circumstances: Sendable {
        package var backupsAreOn: Bool
        package var now: Timestamp
        /// The bases of open snapshots.
        package var basesOfOpen: Set<SnapshotID>
        /// CMKs that the key log calls deleted.
        package var deletedCMKs: Set<CMK>

        package init(
            backupsAreOn: Bool, now: Timestamp, basesOfOpen: Set<SnapshotID> = [], deletedCMKs: Set<CMK> = []
        ) {
            self.backupsAreOn = backupsAreOn
            self.now = now
            self.basesOfOpen = basesOfOpen
            self.deletedCMKs = deletedCMKs
        }
    }

    /// Of every snapshot that is not in the trash: why it stays, in the order of `KeepReason`. None: it is to be condemned.
    package let reasons: [SnapshotID: [KeepReason]]

    package init(_ snapshots: [KeepSubject], policy: Policy, under circumstances: Circumstances) {
        var reasons: [SnapshotID: [KeepReason]] = [:]
        let present = snapshots.filter { !$0.isInTrash }
        for group in Dictionary(grouping: present, by: \.group).values {
            let timeline = GroupTimeline(group, policy: policy, under: circumstances)
            for snapshot in group { reasons[snapshot.id] = Self.ownReasons(of: snapshot, policy, circumstances) }
            for (id, reason) in timeline.reasonsNow { reasons[id, default: []].append(reason) }
        }
        self.reasons = reasons.mapValues { found in KeepReason.allCases.filter(found.contains) }
    }

    /// Ascending by id.
    package var condemned: [SnapshotID] { reasons.filter(\.value.isEmpty).keys.sorted() }

    /// Those that have nothing to do with the rest of its group.
    private static func ownReasons(
        of snapshot: KeepSubject, _ policy: Policy, _ circumstances: Circumstances
    ) -> [KeepReason] {
        var reasons: [KeepReason] = []
        if !snapshot.holds.isEmpty { reasons.append(.hold) }
        if circumstances.basesOfOpen.contains(snapshot.id) { reasons.append(.base) }
        if snapshot.time > circumstances.now { reasons.append(.future) }
        switch snapshot.expires {
        case .some(let expires): if circumstances.now < expires { reasons.append(.expiry) }
        case nil: if policy.keepRules == nil { reasons.append(.noRule) }
        }
        return reasons
    }
}
