import HoldfastFormat
import HoldfastModel
import Synchronization

extension PruneRun {
    /// What was final before `survey`'s listing was begun and is no base of an open snapshot (step 3, rule R11). Nothing goes while any manifest
    /// or record cannot be read.
    func due(_ known: Set<SnapshotID>, _ survey: PruneSurvey) -> [SnapshotID] {
        guard survey.obstacles.isEmpty else { return [] }
        return known.sorted().filter {
            survey.isFinal($0) && !survey.basesOfOpen.contains($0) && !result.purged.contains($0)
                && !alarmed.contains($0)
        }
    }

    /// Deletes what is due by `survey`, once that is in the log of purges.
    mutating func purge(_ due: [SnapshotID], _ survey: PruneSurvey) async throws(HoldfastError) {
        for id in due {
            progress(.purging(id))
            try await deletePacks(ofPurged: id, survey)
            if try await deleteRecords(of: id) { result.purged.append(id) }
        }
    }

    /// The packs of its table, whoever owns them, and all under its own name.
    private mutating func deletePacks(ofPurged id: SnapshotID, _ survey: PruneSurvey) async throws(HoldfastError) {
        let table = try await repository.readSnapshot(id)?.packs ?? []
        let unkept = Set(table.lazy.map(\.id).filter { !survey.keep.contains($0) })
        let owners = Set(table.lazy.filter { unkept.contains($0.id) }.map(\.owner)).union([id])
        for owner in owners.sorted() {
            try await deletePacks(of: owner) { owner == id ? !survey.keep.contains($0) : unkept.contains($0) }
        }
    }

    /// Deletes an owner's packs that `isGarbage` says; how many are left. None that are known, where they cannot be listed.
    @discardableResult
    mutating func deletePacks(
        of owner: SnapshotID, where isGarbage: (Digest) -> Bool
    ) async throws(HoldfastError) -> Int {
        let listed: [StoredObject]
        do throws(StoreError) {
            listed = try await repository.store.list(.packs(of: owner))
        } catch .unlisted(let place, let why) {
            passOver(place, why)
            return 0
        } catch {
            throw .store(error)
        }
        let garbage = listed.filter { object in
            guard case .pack(let id, _) = object.name.parsed, isGarbage(id) else { return false }
            return counted.insert(object.name).inserted
        }
        let left = try await clear(garbage.map(\.name))
        let deleted = garbage.filter { !left.contains($0.name) }
        result.packsDeleted += deleted.count
        result.bytesFreed = result.bytesFreed.addingSaturated(deleted.byteCount)
        return listed.count - deleted.count
    }

    /// Record 0 goes first: from then on everything else of the snapshot is void (rule R2). The manifest goes next: one that stands without
    /// a start record and without `deleting` was so never left by a purge (ruling 3). False where one of those two cannot be removed: then
    /// nothing after it is.
    mutating func deleteRecords(of id: SnapshotID) async throws(HoldfastError) -> Bool {
        for n in 0...1 {
            guard try await clear([.record(n, of: id)]).isEmpty else { return false }
        }
        let listed: [StoredObject]
        do { listed = try await repository.store.list(.snapshot(id)) } catch { throw .store(error) }
        try await clear(listed.map(\.name) + [.checkpoint(id)])
        return true
    }

    /// Deletes objects, four at a time. Answers those that stay since the disk does not let go of them.
    @discardableResult
    mutating func clear(_ names: [ObjectName]) async throws(HoldfastError) -> Set<ObjectName> {
        guard !request.isDryRun else { return [] }
        let store = repository.store
        let left = Mutex<[ObjectName: String]>([:])
        try await forEach(names, atMost: 4) { (name) throws(HoldfastError) in
            do throws(StoreError) {
                try await store.delete(name)
            } catch .damaged(_, let why) {
                left.withLock { $0[name] = why }
            } catch {
                throw HoldfastError.store(error)
            }
        }
        let reasons = left.withLock(\.self)
        for (name, why) in reasons.sorted(by: { $0.key < $1.key }) { passOver(name.text, why) }
        return Set(reasons.keys)
    }
}
