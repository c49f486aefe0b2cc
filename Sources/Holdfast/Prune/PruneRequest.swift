package import HoldfastModel

/// What one run of `prune` is asked to do.
package struct PruneRequest: Sendable {
    package var policy: Policy
    package var backupsAreOn: Bool
    /// Given with `--time`: it replaces the store's clock, and the records' own times the store's (`docs/PROTOCOL.md`,
    /// section 8, ruling 5). Nil: the store's clock.
    package var at: Timestamp?
    /// The node that this runs on.
    package var by: String
    /// How long a writer may be silent before it is given up.
    package var staleAfter = Period(days: 1)
    /// Condemn also where much of a group would go before its date.
    package var isConfirmed = false
    package var isDryRun = false
    /// What the witness misses: of those snapshots nothing is removed until that is accepted (ruling 3).
    package var alarms: [WitnessAlarm] = []
    /// What an earlier run found of owners whose packs live on in others (ruling 7).
    package var settledOwners: [SnapshotID: PackShare] = [:]
    /// List every owner, settled or not.
    package var isFull = false

    package init(policy: Policy, backupsAreOn: Bool, at: Timestamp? = nil, by: String) {
        self.policy = policy
        self.backupsAreOn = backupsAreOn
        self.at = at
        self.by = by
    }
}

/// Where a run of `prune` is, for people who wait.
package enum PruneProgress: Sendable {
    case reading
    case purging(SnapshotID)
    case collectingGarbage(owners: Int)
}
