package import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import Synchronization

/// Takes one snapshot of one source (`docs/PROTOCOL.md`, section 3, writer).
package struct Backup: Sendable {
    private let repository: Repository
    private let keys: KeyManagers
    private let witness: Witness
    private let progress: BackupProgress

    package init(repository: Repository, keys: KeyManagers, witness: Witness, progress: BackupProgress) {
        self.repository = repository
        self.keys = keys
        self.witness = witness
        self.progress = progress
    }

    /// Takes the snapshot, or resumes the one of this source that was interrupted. Refused while another runs here.
    package func run(_ request: BackupRequest) async throws(HoldfastError) -> BackupSummary {
        try request.requireSound()
        let lock: WriterLock?
        do { lock = try witness.tryLock(node: request.node, source: request.source) } catch { throw .witness(error) }
        guard let lock else {
            throw .busy("\(request.node)/\(request.source)")
        }
        defer { withExtendedLifetime(lock) {} }
        try await request.beforeStart()
        var isFresh = false
        while true {
            var request = request
            if isFresh { request.base = .none }
            let draft = try await BackupStart(repository: repository, keys: keys, witness: witness).begin(request)
            if let summary = try await take(request, draft) { return summary }
            guard request.contents.canBeReadAgain else {
                throw .lostRace(
                    "keys were rotated with --fresh while a stream was read, which cannot be read again",
                    object: "\(request.node)/\(request.source)")
            }
            isFresh = true
        }
    }

    /// Nil where a barrier came meanwhile: the snapshot was given up, and starts over without a base.
    private func take(
        _ request: BackupRequest, _ start: consuming BackupStart.Begun
    ) async throws(HoldfastError) -> BackupSummary? {
        let notes = start.notes
        let draft = start.draft
        do {
            return try await write(request, draft, notes)
        } catch let error as HoldfastError {
            throw try await end(draft.id, at: request, after: error)
        } catch let problem as SourceProblem {
            // Only a stream ends so: what went by cannot be read again, and a part of it is nothing.
            let error = HoldfastError.noSource(problem.displayPath, detail: problem.message)
            throw try await giveUp(draft.id, at: request, because: error) ?? error
        } catch {
            // Cancelled: what was stored stays, and the next run resumes it.
            throw .interrupted
        }
    }

    private func write(
        _ request: BackupRequest, _ draft: borrowing SnapshotDraft, _ notes: [String]
    ) async throws -> BackupSummary? {
        let problems = Mutex<[SourceProblem]>([])
        let lineage =
            draft.checkpoint.map { $0.body.lineage.copy() } ?? draft.base.map { $0.body.lineage.next() }
            ?? Lineage(cutting: request.kind.cutting, blocks: request.database.blocks)
        let pipeline = BackupPipeline(
            repository: repository.locking(until: draft.lock?.packsUntil), request: request, progress: progress)
        let known = [draft.checkpoint, draft.base].compactMap(\.self)
        let lost = try await LostPacks(repository: repository).numbers(of: known)
        let registry = pipeline.makeRegistry(for: draft, lost: lost)
        let files = pipeline.makeFileWriter(draft.id, lineage: lineage, registry: registry)
        let checkpoints = CheckpointWriter(
            repository: repository, keys: keys, request: request, draft: draft, lineage: lineage, chunks: files.chunks)
        var writer = SnapshotWriter(
            files: files, bases: known, lineage: lineage,
            checkpoints: checkpoints, progress: progress
        ) { problem in problems.withLock { $0.append(problem) } }
        try await writer.write(request.contents)
        let found = problems.withLock { $0 }
        guard writer.listing.entryCount > 0, !request.contents.isMissing(found) else {
            throw HoldfastError.noSource(
                found.first?.displayPath ?? request.source, detail: found.first?.message ?? "there is nothing in it")
        }
        try await request.beforeCommit(progress.figures)
        // A stream that ends because its writer was interrupted with us is not whole.
        try Task.checkCancellation()
        let commit = SnapshotCommit(repository: repository, keys: keys, witness: witness)
        guard
            let committed = try await commit.commit(
                draft, request, lineage: lineage, listing: writer.listing, packs: registry, figures: progress.figures,
                problemCount: found.count)
        else {
            _ = try await giveUp(draft.id, at: request, because: .lostRace("a key rotation with --fresh", object: "\(draft.id)"))
            return nil
        }
        return BackupSummary(
            snapshot: draft.id, header: committed.header, figures: progress.figures, problems: found, baseNotes: notes,
            notes: Self.notes(ofLost: lost.count) + writer.notes + progress.figures.notes + committed.notes,
            isResumed: draft.checkpoint != nil)
    }

    private static func notes(ofLost count: Int) -> [String] {
        guard count > 0 else { return [] }
        let which = count == 1 ? "a pack of the base is" : "\(count) packs of the base are"
        return ["\(which) missing or damaged: files with data in there were read and stored again (holdfast check --repair)"]
    }

    /// Leaves the snapshot open where what failed may pass and a checkpoint keeps what was stored; else gives it up. Answers what to say.
    private func end(
        _ id: SnapshotID, at request: BackupRequest, after error: HoldfastError
    ) async throws(HoldfastError) -> HoldfastError {
        if error.isInterruption { return .interrupted }
        if error.mayPass, await mayGoOn(id) { return .suspended(id, error) }
        return try await giveUp(id, at: request, because: error) ?? error
    }

    private func mayGoOn(_ id: SnapshotID) async -> Bool {
        do throws(HoldfastError) {
            guard try await repository.exists(.checkpoint(id)) else { return false }
            return try await repository.readSnapshot(id)?.log.state == .open
        } catch {
            // Where that cannot be seen now, nothing can be given up either.
            return true
        }
    }

    /// Creates *aborted* at the manifest's name, so that nothing open is left to block a check (ruling 1). Answers what to say where a
    /// prune had done so before: it takes away what a live writer has under way, and that may be all that failed.
    private func giveUp(
        _ id: SnapshotID, at request: BackupRequest, because error: HoldfastError
    ) async throws(HoldfastError) -> HoldfastError? {
        let isOurs = try await repository.giveUp(id, because: error, at: request.time, by: request.node)
        if !isOurs, try await repository.readSnapshot(id)?.log.exists ?? false { return nil }
        do { try witness.rememberAbort(id) } catch { throw .witness(error) }
        return isOurs ? nil : .givenUp(id)
    }
}
