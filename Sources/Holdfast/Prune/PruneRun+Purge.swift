import HoldfastFormat
import HoldfastModel

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
            try await deleteRecords(of: id)
            result.purged.append(id)
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

    /// Deletes an owner's packs that `isGarbage` says, four at a time; how many are left.
    @discardableResult
    mutating func deletePacks(
        of owner: SnapshotID, where isGarbage: (Digest) -> Bool
    ) async throws(HoldfastError) -> Int {
        let listed: [StoredObject]
        do { listed = try await repository.store.list(.packs(of: owner)) } catch { throw .store(error) }
        let garbage = listed.filter { object in
            guard case .pack(let id, _) = object.name.parsed, isGarbage(id) else { return false }
            return counted.insert(object.name).inserted
        }
        try await delete(garbage.map(\.name))
        result.packsDeleted += garbage.count
        result.bytesFreed = result.bytesFreed.addingSaturated(garbage.byteCount)
        return listed.count - garbage.count
    }

    /// Record 0 goes first: from then on everything else of the snapshot is void (rule R2). The manifest goes next: one that stands without
    /// a start record and without `deleting` was so never left by a purge (ruling 3).
    func deleteRecords(of id: SnapshotID) async throws(HoldfastError) {
        try await delete([.record(0, of: id)])
        try await delete([.record(1, of: id)])
        let listed: [StoredObject]
        do { listed = try await repository.store.list(.snapshot(id)) } catch { throw .store(error) }
        try await delete(listed.map(\.name))
        try await delete([.checkpoint(id)])
    }

    func delete(_ names: [ObjectName]) async throws(HoldfastError) {
        guard !request.isDryRun else { return }
        let store = repository.store
        try await forEach(names, atMost: 4) { (name) throws(HoldfastError) in
            do throws(StoreError) { try await store.delete(name) } catch { throw HoldfastError.store(error) }
        }
    }
}
