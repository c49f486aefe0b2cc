import HoldfastModel

/// Where the store keeps objects from being deleted until a date (`docs/RETENTION.md`, section 7).
extension Repository {
    /// The same repository, where all that is created is kept from deletion until `date`, if its store does that.
    func locking(until date: Timestamp?) -> Repository {
        guard let date, store.locksObjects else { return self }
        return Repository(
            id: id, store: store.locking(until: date), project: project, cluster: cluster, formerClusterNames: formerClusterNames)
    }

    /// Before an expiry moves: keeps manifest, records and packs from deletion until the new one, all that are not in `locked` yet. Answers what
    /// is to be appended: the event itself, or a record that says so, after which it is decided again and what others have appended
    /// meanwhile is locked as well.
    ///
    /// The store is asked for every object, whatever the log says: its records are proven by nothing. A pack that is missing is `check`'s to
    /// tell, and keeps nobody from keeping the rest.
    func lockAlong(
        with event: SnapshotRecord.Event, _ view: SnapshotView, besides locked: inout Set<ObjectName>
    ) async throws(HoldfastError) -> SnapshotRecord.Event {
        guard store.locksObjects, let date = event.newExpiry else { return event }
        let packs = locked.isEmpty ? try await present(view.packs) : []
        let names = ((0..<view.log.length).map { ObjectName.record($0, of: view.id) } + packs).filter { !locked.contains($0) }
        try await lock(names, until: date, neededFor: view.id)
        locked.formUnion(names)
        return view.log.lockedUntil.map { $0 < date } ?? true ? .locked(until: date) : event
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

extension SnapshotRecord.Event {
    /// The expiry that a snapshot gets by it.
    fileprivate var newExpiry: Timestamp? {
        switch self {
        case .expiry(let date, _): date
        case .undeleted(let until, _): until
        default: nil
        }
    }
}
