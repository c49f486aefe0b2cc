import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Makes a snapshot of all that is whole of a damaged one, with that one as its base: what lies in sound packs is referred to, what lies beside
/// damage or only in packs of other snapshots is copied. Nothing else is touched.
struct Salvage {
    let repository: Repository
    let keys: KeyManagers
    let settings: RepairSettings
    let losses: ChunkLosses
    let copies: ChunkCopies
    /// Of all snapshots that open the one whose writer had read most of the key log, and up to which record.
    let latest: (position: Int, id: SnapshotID)?

    /// `expires`: when the damaged one goes, and the new one with it. Answers the new snapshot's id. Throws `.lostRace` where the damaged one,
    /// or a barrier, came to an end or into being meanwhile.
    func run(_ damaged: OpenedSnapshot, expires: Timestamp?, _ survey: SnapshotSurvey) async throws(HoldfastError) -> SnapshotID {
        let request = request(damaged, expires)
        let start = try await BackupStart(repository: repository, keys: keys, witness: nil).begin(request, on: damaged)
        let draft = start.draft
        do throws(HoldfastError) {
            guard draft.base != nil else {
                throw .lostRace("snapshot \(damaged.id) was purged meanwhile", object: "\(damaged.id)")
            }
            return try await write(draft, request, damaged, missing: survey.missing + UInt64(survey.gaps.count))
        } catch {
            throw await repository.endUnresumed(draft.id, because: error, at: settings.now, by: settings.node)
        }
    }

    /// What stands in for a held snapshot is held for the same reasons: the one that it was made of would not go either. But for what a person
    /// has released it from since.
    func hold(_ id: SnapshotID, as damaged: SnapshotID) async throws(HoldfastError) {
        guard let since = try await repository.readSnapshot(damaged)?.log.heldSince, !since.isEmpty,
            let own = try await repository.readSnapshot(id)?.log
        else { return }
        let releases = own.releases
        let due = since.filter { name, time in !own.holds.contains(name) && releases[name].map { $0 < time } ?? true }
        let hold = HoldSnapshot(repository: repository)
        for name in due.keys.sorted().compactMap(HoldName.init) {
            try await hold.add(name, to: id, at: settings.now, by: settings.node)
        }
    }

    private func request(_ damaged: OpenedSnapshot, _ expires: Timestamp?) -> BackupRequest {
        let (header, source) = (damaged.header, damaged.body.source)
        var request = BackupRequest(
            node: header.node, source: header.source,
            contents: .paths(source.paths.map { [UInt8(ascii: "/")] + $0 }, WalkFilter()), kind: source.kind, base: .none,
            tags: header.tags + ["salvaged:\(damaged.id.short)"], label: ManifestHeader.salvagedLabel, items: header.items,
            expires: expires, time: header.time, recovery: settings.recovery, packByteCount: settings.packByteCount,
            tool: settings.tool)
        request.begun = settings.now
        return request
    }

    private func write(
        _ draft: borrowing SnapshotDraft, _ request: BackupRequest, _ damaged: OpenedSnapshot, missing: UInt64
    ) async throws(HoldfastError) -> SnapshotID {
        var missing = missing
        let progress = BackupProgress()
        let pipeline = BackupPipeline(
            repository: repository.locking(until: draft.lock?.packsUntil), request: request, progress: progress)
        let lost = damaged.body.packKeys.numbers.filter { number in
            damaged.body.packKeys.entry(number).map { losses.packs.contains($0.id) } ?? true
        }
        let registry = pipeline.makeRegistry(for: draft, lost: Set(lost))
        let lineage = damaged.body.lineage.next()
        let chunks = pipeline.makeFileWriter(draft.id, lineage: lineage, registry: registry).chunks
        for chunk in damaged.body.source.listing { BaseComparison.offer(chunk.reference, to: chunks) }
        let entries = SalvagedEntries(snapshot: damaged, losses: losses, copies: copies, chunks: chunks)
        var listing = ListingWriter(chunks, lineage: lineage)
        var standing = StandingListing(damaged)
        while let entry = try await standing.nextEntry() {
            guard !Task.isCancelled else { throw .interrupted }
            if standing.isMadeUp { missing += 1 }
            if let salvaged = try await entries.salvage(entry), try await listing.add(salvaged) != nil { missing += 1 }
        }
        try await listing.flush()
        try await chunks.finish()
        let commit = SnapshotCommit(repository: repository, keys: keys, witness: nil)
        let committed = try await commit.commit(
            draft, request, lineage: lineage, listing: listing, packs: registry, figures: progress.figures,
            problemCount: Int(clamping: missing))
        guard committed != nil else { throw .lostRace("a key rotation with --fresh", object: "\(draft.id)") }
        return draft.id
    }
}
