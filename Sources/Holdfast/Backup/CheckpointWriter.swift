import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// Writes down, from time to time, how far a snapshot has come, so that an interrupted one goes on and stores nothing twice;
/// and shows a pruner that its writer lives. Nothing rests on it.
struct CheckpointWriter: ~Copyable {
    private let repository: Repository
    private let keys: KeyManagers
    private let request: BackupRequest
    private let id: SnapshotID
    private let base: OpenedSnapshot?
    private let lineage: Lineage
    private let chunks: ChunkWriter
    /// A key of its own, wrapped when the first checkpoint is written.
    private let key = Random.secret()
    private var envelope: Envelope?
    private(set) var schedule: CheckpointSchedule
    /// Why the last one that was due was not written; nil where it was.
    private(set) var omission: HoldfastError?

    init(
        repository: Repository, keys: KeyManagers, request: BackupRequest, draft: borrowing SnapshotDraft,
        lineage: borrowing Lineage, chunks: ChunkWriter
    ) {
        self.repository = repository
        self.keys = keys
        self.request = request
        id = draft.id
        base = draft.base
        self.lineage = lineage.copy()
        self.chunks = chunks
        schedule = CheckpointSchedule(mostByteCount: request.checkpointByteCount)
    }

    /// Writes down what is listed, and what is stored and not listed, once the packs that it is in are there. Where its key cannot be
    /// wrapped now, the store does not take it or no reader would, none is written: the snapshot does not fail for a hint.
    mutating func write(
        _ listing: borrowing ListingWriter, _ unlisted: UnlistedWork, _ figures: BackupProgress.Figures
    ) async throws(HoldfastError) {
        let begun = ContinuousClock.now
        defer { schedule.goOn(from: figures, begun: begun) }
        guard try await chunks.settle() else { return }
        do throws(HoldfastError) {
            try await store(listing, unlisted)
            omission = nil
        } catch {
            switch error {
            case .keyManager, .store, .unwritable: omission = error
            default: throw error
            }
        }
    }

    private mutating func store(
        _ listing: borrowing ListingWriter, _ unlisted: UnlistedWork
    ) async throws(HoldfastError) {
        let keyLog = try await repository.readKeyLog().log
        guard let active = keyLog.active else { throw .noActiveCMK(cluster: repository.cluster) }
        let envelope = try await wrap(under: active)
        let body = ManifestBody(
            of: request, base: base, lineage: lineage, listing: listing, unlisted: unlisted,
            packs: try chunks.registry.usedSoFar(), barrier: keyLog.newestBarrier)
        let bytes = try writable("\(request.node)/\(request.source)") { () throws(FormatError) in
            try Checkpoint.seal(body, envelope: envelope, repository: repository.id, snapshot: id, key: key)
        }
        do { try await repository.store.replace(.checkpoint(id), bytes) } catch { throw .store(error) }
    }

    /// None is written now, though one is due.
    mutating func postpone(_ figures: BackupProgress.Figures) { schedule.goOn(from: figures) }

    private mutating func wrap(under active: CMK) async throws(HoldfastError) -> Envelope {
        if let envelope, envelope.cmk == active { return envelope }
        let context = try repository.context(
            of: id, cluster: repository.cluster, node: request.node, kind: .checkpoint)
        let wrapped = try await keys.wrap(key, under: active, context: context)
        envelope = wrapped
        return wrapped
    }
}
