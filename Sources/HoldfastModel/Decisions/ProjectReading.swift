/// What the deletion check knows of a project: every cluster that it ever had, and what the key managers said
/// (`docs/RETENTION.md`, section 3.1).
package struct ProjectReading: Hashable, Sendable {
    /// A CMK as its key manager described it.
    package struct Key: Hashable, Sendable {
        package var state: CMKState
        /// It ends at a date that is set already, whatever its state: imported material that expires. It covers nothing.
        package var isPassing: Bool
        /// The members of a multi-Region key, any of which opens what one wrapped; else the CMK alone.
        package var family: Set<CMK>
        /// What its key manager has on record as using it.
        package var repositories: Set<RepositoryID>

        package init(state: CMKState, isPassing: Bool = false, family: Set<CMK> = [], repositories: Set<RepositoryID> = []) {
            self.state = state
            self.isPassing = isPassing
            self.family = family
            self.repositories = repositories
        }
    }

    package var clusters: [Cluster]
    /// Repositories of which a person attests that nobody can write to them any more.
    package var gone: Set<RepositoryID>
    package var keys: [CMK: Key]

    package init(clusters: [Cluster], gone: Set<RepositoryID> = [], keys: [CMK: Key]) {
        self.clusters = clusters
        self.gone = gone
        self.keys = keys
    }

    /// A CMK that nobody was asked about counts as unreachable, never as gone.
    package func state(of cmk: CMK) -> CMKState { keys[cmk]?.state ?? .unreachable }

    /// Gives all members of a family the same relatives. A member that was deleted, or does not answer, names none itself, and its
    /// envelopes are opened by those that are left all the same.
    package mutating func joinFamilies() {
        var families: [String: Set<CMK>] = [:]
        for (cmk, key) in keys {
            if let name = cmk.familyName { families[name, default: []].formUnion(key.family.union([cmk])) }
        }
        for cmk in keys.keys {
            if let family = cmk.familyName.flatMap({ families[$0] }), family.count > 1 { keys[cmk]?.family = family }
        }
    }

    /// Every CMK that can open what these CMKs wrapped.
    package func openers(of cmks: some Sequence<CMK>) -> Set<CMK> {
        cmks.reduce(into: []) { openers, cmk in
            openers.insert(cmk)
            openers.formUnion(keys[cmk]?.family ?? [])
        }
    }

    /// Every CMK that may open a snapshot. An envelope that was added later and not proven is no cover, but what it names may be all
    /// that still opens the snapshot.
    package func possibleOpeners(of snapshot: Snapshot) -> Set<CMK> {
        openers(of: snapshot.envelopes + snapshot.laterEnvelopes)
    }

    /// CMKs on their way out according to any key log (`docs/PROTOCOL.md`, K4 and K7), or to their key manager: they cover nothing.
    package var leaving: Set<CMK> {
        clusters.reduce(into: Set(keys.filter(\.value.isPassing).keys)) { $0.formUnion($1.latestKeyLog?.leaving ?? []) }
    }

    /// Repositories that a key log's roster names and nobody configured: what they hold is not known.
    package var unconfigured: Set<RepositoryID> {
        clusters.reduce(into: Set()) { $0.formUnion($1.latestKeyLog?.roster ?? []) }
            .subtracting(gone).subtracting(clusters.map(\.repository))
    }

    /// Repositories that a key manager has on record as using one of these CMKs, and of which the project knows nothing: another
    /// project file, of the same name and with the same keyring, has them.
    package func unknownUsers(of cmks: Set<CMK>) -> Set<RepositoryID> {
        cmks.reduce(into: Set()) { $0.formUnion(keys[$1]?.repositories ?? []) }
            .subtracting(gone).subtracting(clusters.map(\.repository)).subtracting(unconfigured)
    }

    /// Every CMK that a key log, an envelope, the configuration or a key manager names.
    package var knownCMKs: Set<CMK> {
        clusters.reduce(into: Set(keys.keys)) { known, cluster in
            known.formUnion(cluster.recovery)
            known.formUnion(cluster.latestKeyLog?.named ?? [])
            for snapshot in cluster.snapshots {
                for cmk in snapshot.envelopes where !known.contains(cmk) { known.insert(cmk) }
                known.formUnion(snapshot.laterEnvelopes)
            }
        }
    }
}
