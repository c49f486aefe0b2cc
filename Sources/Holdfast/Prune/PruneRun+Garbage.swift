import HoldfastModel

extension PruneRun {
    /// Owners of packs whose start record is gone, for good: a start record is created before any pack, once, and never again
    /// (rules R1 and R12); and the snapshots whose start record was listed. Nil, with why, where packs are there and not one start record is
    /// listed (`ListedOwners.areOfPacksOnly`).
    mutating func ownersWithoutStart() async throws(HoldfastError) -> (ownerless: [SnapshotID], started: Set<SnapshotID>)? {
        let listed = try await repository.listOwners()
        guard !listed.areOfPacksOnly || request.isConfirmed && request.isFull else {
            result.stopped = [.onlyPacks(ownerCount: listed.owners.count)]
            return nil
        }
        var ownerless: [SnapshotID] = []
        for owner in listed.owners where !listed.started.contains(owner) {
            if try await isGone(owner) { ownerless.append(owner) }
        }
        return (ownerless, listed.started)
    }

    /// What purges that were interrupted and writers that stalled have left (step 4).
    mutating func collectGarbage(of ownerless: [SnapshotID], _ survey: PruneSurvey) async throws(HoldfastError) {
        guard survey.obstacles.isEmpty else { return }
        progress(.collectingGarbage(owners: ownerless.count))
        let alarmed = alarmed
        let isKept = { (id: SnapshotID) in alarmed.contains(id) || survey.startsGone.contains(id) }
        for owner in ownerless where !isKept(owner) { try await collect(owner, survey) }
        for view in survey.views where view.log.state == .void && !isKept(view.id) {
            // A listing may have missed a start record that was created behind its back (rule R13).
            if try await isGone(view.id) { _ = try await deleteRecords(of: view.id) }
        }
        try await collectCheckpoints(survey)
    }

    /// Those of which it is to be asked: an alarm names its own.
    func startsGone(in survey: PruneSurvey) async throws(HoldfastError) -> [SnapshotID] {
        var gone: [SnapshotID] = []
        for id in survey.startsGone.sorted() where !alarmed.contains(id) {
            if try await repository.isStartStillGone(id) { gone.append(id) }
        }
        return gone
    }

    /// Skips an owner of whose packs the keep set holds as much as when it was last listed (ruling 7).
    private mutating func collect(_ owner: SnapshotID, _ survey: PruneSurvey) async throws(HoldfastError) {
        let share = survey.shares[owner] ?? PackShare()
        if request.isFull || request.settledOwners[owner] != share {
            let left = try await deletePacks(of: owner) { !survey.keep.contains($0) }
            guard left > 0 else { return }
        }
        result.settledOwners[owner] = share
    }

    /// A checkpoint is of use only while its snapshot is open.
    private mutating func collectCheckpoints(_ survey: PruneSurvey) async throws(HoldfastError) {
        let listed: [StoredObject]
        do { listed = try await repository.store.list(.checkpoints) } catch { throw .store(error) }
        for object in listed {
            guard case .checkpoint(let id) = object.name.parsed else { continue }
            let isOver = survey.has(startOf: id) ? survey[id]?.log.state == .live : try await isGone(id)
            if isOver { try await clear([object.name]) }
        }
    }

    private func isGone(_ id: SnapshotID) async throws(HoldfastError) -> Bool {
        try await !repository.mayStand(.record(0, of: id))
    }
}
