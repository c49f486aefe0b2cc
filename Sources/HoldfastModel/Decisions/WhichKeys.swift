/// The answer to "which can I delete?" (`docs/RETENTION.md`, section 3.3).
package struct WhichKeys: Hashable, Sendable {
    /// Of these one must stay, until the snapshots are gone.
    package struct Conflict: Hashable, Sendable {
        package let keepOneOf: [CMK]
        /// By id, ascending, with their clusters.
        package let snapshots: [DeletionVerdict.Blocker]
    }

    /// Each known CMK that is not deleted yet, asked about alone.
    package let alone: [CMK: DeletionVerdict]
    /// Active or a recovery CMK somewhere.
    package let inUse: Set<CMK>
    /// Can all go at once; no other that is safe alone could be added.
    package let together: [CMK]
    package let conflicts: [Conflict]
    /// What could not be read, whichever CMK one asks about.
    package let unknowns: [DeletionVerdict.Unknown]

    /// Every question has its answer.
    package var isComplete: Bool { unknowns.isEmpty && alone.values.allSatisfy { $0.answer != .unknown } }
}

extension DeletionCheck {
    package func which() -> WhichKeys {
        let asked = reading.knownCMKs.filter { reading.state(of: $0) != .deleted }
        departures.workOut()
        let verdicts = Array(asked).concurrentMap { ($0, verdict(on: [$0])) }
        let alone = Dictionary(uniqueKeysWithValues: verdicts)
        let safe = alone.filter { $0.value.isSafe }.keys.sorted()
        return WhichKeys(
            alone: alone, inUse: asked.filter(isInUse), together: together(safe), conflicts: conflicts(among: Set(safe)),
            unknowns: verdict(on: []).unknowns)
    }

    /// Adds each while the set stays safe: safe sets are closed under subsets, so nothing more fits.
    private func together(_ safe: [CMK]) -> [CMK] {
        safe.reduce(into: []) { (set: inout Set<CMK>, cmk) in
            if staysSafe(set, with: cmk) { set.insert(cmk) }
        }.sorted()
    }

    private func conflicts(among safe: Set<CMK>) -> [WhichKeys.Conflict] {
        let blockers = Dictionary(grouping: verdict(on: safe).blockers, by: \.keys)
        return blockers.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { keys, blockers in
            WhichKeys.Conflict(keepOneOf: keys, snapshots: blockers.sorted { ($0.id, $0.cluster) < ($1.id, $1.cluster) })
        }
    }

    private func isInUse(_ cmk: CMK) -> Bool {
        reading.clusters.contains { $0.latestKeyLog?.active == cmk || $0.recovery.contains(cmk) }
    }
}
