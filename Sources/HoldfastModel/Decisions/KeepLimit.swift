/// Stops a run that would condemn much of a group for another reason than a stamped expiry: a slip of the hand or of a
/// policy, or records that somebody forged (`docs/SECURITY.md`, attacks W9 and W10).
package enum KeepLimit {
    package struct Excess: Hashable, Sendable {
        package let group: SnapshotGroup
        package let condemnedCount: Int
        /// All of the group that are not in the trash.
        package let groupCount: Int

        package init(group: SnapshotGroup, condemnedCount: Int, groupCount: Int) {
            self.group = group
            self.condemnedCount = condemnedCount
            self.groupCount = groupCount
        }
    }

    /// The groups of which more than three snapshots **and** more than a fifth would go before their own date; ascending.
    package static func excesses(
        condemning ids: Set<SnapshotID>, of snapshots: [KeepSubject], at now: Timestamp
    ) -> [Excess] {
        let groups = Dictionary(grouping: snapshots.filter { !$0.isInTrash }, by: \.group)
        let excesses = groups.compactMap { group, members -> Excess? in
            let count = members.count { ids.contains($0.id) && !$0.hasExpired(at: now) }
            guard count > 3, count * 5 > members.count else { return nil }
            return Excess(group: group, condemnedCount: count, groupCount: members.count)
        }
        return excesses.sorted { $0.group < $1.group }
    }
}

extension KeepLimit {
    /// While backups are on: the groups of which the last would go that a restore could take anything from, expired or not. The guard
    /// keeps good ones, so these are damaged, and nothing has taken their place. Ascending.
    package static func endings(
        condemning ids: Set<SnapshotID>, of snapshots: [KeepSubject], deletedCMKs: Set<CMK>
    ) -> [Excess] {
        let restorable = snapshots.filter { !$0.isInTrash && !$0.cmks.isSubset(of: deletedCMKs) }
        let endings = Dictionary(grouping: restorable, by: \.group).compactMap { group, members -> Excess? in
            guard members.allSatisfy({ ids.contains($0.id) }) else { return nil }
            return Excess(group: group, condemnedCount: members.count, groupCount: members.count)
        }
        return endings.sorted { $0.group < $1.group }
    }
}

extension KeepSubject {
    fileprivate func hasExpired(at now: Timestamp) -> Bool { expires.map { $0 <= now } ?? false }
}
