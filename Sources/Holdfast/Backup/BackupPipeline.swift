import HoldfastFormat
import HoldfastModel

/// Puts together the parts that turn files into packs, with the bounds that keep memory fixed.
struct BackupPipeline {
    let repository: Repository
    let request: BackupRequest
    let progress: BackupProgress

    private static let coreCount = WorkerExecutor.coreCount

    /// Packs of the base and of what an interrupted run stored; numbers agree, since the second went on from the first. `lost`: those that
    /// cannot be counted on.
    func makeRegistry(for draft: borrowing SnapshotDraft, lost: Set<UInt32>) -> PackRegistry {
        let (base, checkpoint) = (draft.base, draft.checkpoint)
        var known = PackKeys()
        for snapshot in [base, checkpoint].compactMap(\.self) {
            for number in snapshot.body.packKeys.numbers where known.entry(number) == nil {
                guard let entry = snapshot.body.packKeys.entry(number) else { continue }
                _ = snapshot.body.packKeys.withKey(number) { known.add(entry, number: number, key: $0) }
            }
        }
        let snapshot = PackSelection.Snapshot(
            time: request.time, keptUntil: draft.lock?.packsUntil ?? request.keptUntil,
            packByteCount: request.packByteCount)
        // Out of the base's figures, when a run goes on as well: what it has listed and may not stay is stored anew once more.
        let selection = PackSelection(of: base?.packsInUse ?? [], for: snapshot)
        return PackRegistry(
            known: known, nextPackNumber: (checkpoint ?? base)?.body.nextPackNumber ?? 1, snapshot: snapshot,
            uses: base?.body.packUses ?? [:], selection: selection, lost: lost)
    }

    func makeFileWriter(_ snapshot: SnapshotID, lineage: borrowing Lineage, registry: PackRegistry) -> FileWriter {
        // One pack is filled while another is handed to the store, or of its parts one while three others are; listings rarely fill one.
        let dataSlots = repository.store.begin() == nil ? 2 : 4
        let makeStream = { (slots: Int) in
            PackStream(
                repository: repository, snapshot: snapshot, registry: registry, progress: progress,
                packByteCount: request.packByteCount, slots: PackSlots(slots))
        }
        let chunks = ChunkWriter(
            workers: ChunkWorkers(Self.coreCount + 1, hashKey: lineage.hashKey, level: request.compressionLevel),
            index: ChunkIndex(), registry: registry, data: makeStream(dataSlots), listing: makeStream(1), progress: progress)
        // A base of another writer may cut larger chunks than this one would.
        let chunkByteCount =
            lineage.cutting == .blocks ? lineage.sizes.maximum : max(lineage.sizes.maximum, CutSizes.files.maximum)
        let windows = ReadWindows(count: request.readConcurrency, chunkByteCount: chunkByteCount)
        let batches = BufferPool(count: Self.coreCount + 1, byteCount: chunkByteCount + (1 << 20))
        var databases: DatabaseFileWriter?
        if lineage.cutting == .blocks {
            databases = DatabaseFileWriter(
                chunks: chunks, blockByteCount: lineage.sizes.maximum, pageByteCount: request.database.pageByteCount,
                minimumByteCount: request.database.minimumByteCount, settling: request.database.settling, windows: windows.large,
                blocks: BufferPool(count: 2 * Self.coreCount + 1, byteCount: lineage.sizes.maximum), progress: progress)
        }
        return FileWriter(
            chunks: chunks, cutter: lineage.cutter, windows: windows, batches: batches, progress: progress, databases: databases)
    }
}

extension SourceDescription.Kind {
    /// Databases update their files in place: fixed blocks find what stayed.
    var cutting: Lineage.Cutting { self == .database ? .blocks : .content }
}
