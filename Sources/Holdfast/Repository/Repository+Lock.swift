import HoldfastModel

/// Where the store keeps objects from being deleted until a date (`docs/RETENTION.md`, section 7).
extension Repository {
    /// The same repository, where all that is created is kept from deletion until `date`, if its store does that.
    func locking(until date: Timestamp?) -> Repository {
        guard let date, store.locksObjects else { return self }
        return Repository(
            id: id, store: store.locking(until: date), project: project, cluster: cluster, formerClusterNames: formerClusterNames)
    }

    /// Before a snapshot's expiry moves later: keeps its manifest, its records and its packs from deletion until then, and says so in its
    /// log. Nothing where it has no date, or is kept for as long already.
    func extendLock(
        of id: SnapshotID, until date: Timestamp?, at now: Timestamp, by node: String
    ) async throws(HoldfastError) {
        guard store.locksObjects, let date, date > now, let view = try await readSnapshot(id),
            view.log.exists, view.log.isLocked(lessThan: date)
        else { return }
        let names = (0..<view.log.length).map { ObjectName.record($0, of: id) } + view.packs.map(\.name)
        try await lock(names, until: date, neededFor: id)
        try await append(to: id, at: now, by: node) { view in
            view.log.isLocked(lessThan: date) ? .locked(until: date) : nil
        }
    }

    /// Throws `.lostRace` where the snapshot went meanwhile, and `.missing` where it lacks one of them.
    func lock(_ names: [ObjectName], until date: Timestamp, neededFor id: SnapshotID) async throws(HoldfastError) {
        do throws(StoreError) {
            try await store.lock(names, until: date)
        } catch .notFound(let name) {
            guard try await exists(.record(0, of: id)) else {
                throw .lostRace("snapshot \(id) was purged meanwhile", object: "\(id)")
            }
            throw .missing(name, needed: "snapshot \(id)")
        } catch {
            throw .store(error)
        }
    }
}

extension SnapshotLog {
    fileprivate func isLocked(lessThan date: Timestamp) -> Bool { lockedUntil.map { $0 < date } ?? true }
}
