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
    /// log. Nothing where it has no date.
    ///
    /// The store is asked for every object, whatever the log says: its records are proven by nothing. A pack that is missing is `check`'s to
    /// tell, and keeps nobody from keeping the rest.
    func extendLock(
        of id: SnapshotID, until date: Timestamp?, at now: Timestamp, by node: String
    ) async throws(HoldfastError) {
        guard store.locksObjects, let date, let view = try await readSnapshot(id), view.log.exists else { return }
        let records = (0..<view.log.length).map { ObjectName.record($0, of: id) }
        try await lock(records + (try await present(view.packs)), until: date, neededFor: id)
        let after = try await append(to: id, at: now, by: node) { view in
            view.log.lockedUntil.map { $0 < date } ?? true ? .locked(until: date) : nil
        }
        // What others have appended meanwhile went by the lock that stood then.
        let later = (min(view.log.length, after.log.length)..<after.log.length).map { ObjectName.record($0, of: id) }
        try await lock(later, until: date, neededFor: id)
    }

    /// Those of a snapshot's packs that are there.
    private func present(_ packs: [PackEntry]) async throws(HoldfastError) -> [ObjectName] {
        var there: Set<ObjectName> = []
        for owner in Set(packs.map(\.owner)).sorted() {
            do { there.formUnion(try await store.list(.packs(of: owner)).map(\.name)) } catch { throw .store(error) }
        }
        return packs.map(\.name).filter(there.contains)
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
