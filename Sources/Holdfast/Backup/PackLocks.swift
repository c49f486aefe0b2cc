import HoldfastModel

/// Keeps the packs that a snapshot refers to from deletion for as long as itself, whoever uploaded them.
struct PackLocks {
    let repository: Repository
    let snapshot: SnapshotID
    let packs: PackRegistry
    /// Until when the packs of this run were locked as they were uploaded; nil where they were not.
    let own: Timestamp?
    /// Until when all others are, as far as is proven; nil where nothing is known.
    let inherited: Timestamp?

    /// Before the manifest is created, so that no snapshot exists that could lose a pack before its date.
    func extend(until date: Timestamp) async throws(HoldfastError) {
        let used = try packs.usedEntries()
        for (entries, known) in [(used.inherited, inherited), (used.own, own)] where known.map({ $0 < date }) ?? true {
            try await repository.lock(entries.map(\.name), until: date, neededFor: snapshot)
        }
    }
}
