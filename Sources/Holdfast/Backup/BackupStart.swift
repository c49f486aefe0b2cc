import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// The beginning of a snapshot: key log, base, envelopes, start record, and the base looked at once more; or the interrupted
/// snapshot of the same source, where it can go on.
struct BackupStart {
    let repository: Repository
    let keys: KeyManagers
    /// Nil where the snapshot is made for another node: it is nobody's base, and nobody goes on with it.
    let witness: Witness?

    struct Begun: ~Copyable {
        let draft: SnapshotDraft
        let notes: [String]
    }

    func begin(_ request: BackupRequest) async throws(HoldfastError) -> Begun {
        let keyLog = try await repository.readKeyLog(against: witness, isRemembered: true).log
        guard let active = keyLog.active else { throw .noActiveCMK(cluster: repository.cluster) }
        let selection = BaseSelection(repository: repository, keys: keys, witness: witness)
        if let resumed = try await resume(request, keyLog, active, selection) { return resumed }
        return try await begin(request, on: try await selection.choose(request, keyLog: keyLog), keyLog, active, selection)
    }

    /// The same with a base that is known. Refused where a barrier came after it, or where its store does not keep it as its header says.
    func begin(_ request: BackupRequest, on base: OpenedSnapshot) async throws(HoldfastError) -> Begun {
        let keyLog = try await repository.readKeyLog(against: witness, isRemembered: true).log
        guard let active = keyLog.active else { throw .noActiveCMK(cluster: repository.cluster) }
        if let barrier = keyLog.newestBarrier, base.header.keyLogPosition < barrier {
            throw .refused(
                "snapshot \(base.id.short) was taken before the last rotate --fresh, so no new one refers to it",
                object: "\(base.id)", remedy: "restore it, and back up what it gives")
        }
        let selection = BaseSelection(repository: repository, keys: keys, witness: witness)
        guard try await selection.isLockedAsItSays(base) else {
            throw .refused(
                "the store does not keep snapshot \(base.id.short) from deletion as its header says, so no new one refers to it",
                object: "\(base.id)", remedy: "restore it, and back up what it gives")
        }
        return try await begin(request, on: BaseSelection.Choice(base: base, notes: []), keyLog, active, selection)
    }

    private func begin(
        _ request: BackupRequest, on choice: BaseSelection.Choice, _ keyLog: KeyLog, _ active: CMK, _ selection: BaseSelection
    ) async throws(HoldfastError) -> Begun {
        let lock = lock(request, keyLog, base: choice.base)
        for _ in 0..<Repository.mostCreates {
            let id: SnapshotID = Random.id()
            let key = Random.secret()
            let wrapped = try await wrap(key, of: id, request, keyLog, active)
            guard
                let start = try await createStart(
                    id, request, base: choice.base?.id, position: keyLog.position, lockedUntil: lock?.until)
            else { continue }
            var base = choice.base
            var notes = choice.notes
            if let chosen = base, try await !isAlive(chosen.id, for: id, request, selection) {
                base = nil
                notes.append("snapshot \(chosen.id.short) was purged meanwhile")
            }
            let draft = SnapshotDraft(
                id: id, startDigest: start, keyLogPosition: keyLog.position, keyLogRead: keyLog.position, key: key,
                wrapped: wrapped, base: base, checkpoint: nil, started: request.begun, lock: lock, barrier: keyLog.newestBarrier)
            return Begun(draft: draft, notes: notes)
        }
        throw .store(.unavailable("snapshots/", detail: "of no start record did it say whether it took it"))
    }

    /// Where the store does not say it, a start record that no later run would find is given up.
    private func isAlive(
        _ base: SnapshotID, for id: SnapshotID, _ request: BackupRequest, _ selection: BaseSelection
    ) async throws(HoldfastError) -> Bool {
        do throws(HoldfastError) {
            return try await selection.isAlive(base)
        } catch {
            guard witness == nil else { throw error }
            throw await repository.endUnresumed(id, because: error, at: request.begun, by: request.node)
        }
    }

    /// Nothing is locked without a date of its own: a count rule may let it go any day.
    private func lock(_ request: BackupRequest, _ keyLog: KeyLog, base: OpenedSnapshot?) -> SnapshotLock? {
        guard repository.store.locksObjects, let expires = request.expiry(under: keyLog.compliance) else { return nil }
        return SnapshotLock(expires: expires, base: base?.header.lock?.packsUntil)
    }

    /// Creates record 0 and answers its digest; nil where the answer was lost: a start record is never tried again under
    /// the same id (rule R18), it is given up and a fresh id taken.
    private func createStart(
        _ id: SnapshotID, _ request: BackupRequest, base: SnapshotID?, position: Int, lockedUntil: Timestamp?
    ) async throws(HoldfastError) -> Digest? {
        let start = SnapshotStart(
            cluster: repository.cluster, node: request.node, source: request.source, base: base, keyLogPosition: position)
        let record = SnapshotRecord(n: 0, at: request.begun, by: request.node, event: .start(start))
        let bytes = try writable("\(request.node)/\(request.source)") { () throws(FormatError) in
            try SnapshotRecordCodec.encode(record, repository: repository.id, snapshot: id, prev: nil)
        }
        do {
            try witness?.rememberStart(
                id, cluster: repository.cluster, node: request.node, source: request.source, at: request.time)
        } catch {
            throw .witness(error)
        }
        do {
            try await repository.locking(until: lockedUntil).store.create(.record(0, of: id), bytes)
            return SHA256.hash(bytes.span)
        } catch .exists, .unclear {
            try await giveUp(id, request)
            return nil
        } catch {
            throw .store(error)
        }
    }

    private func giveUp(_ id: SnapshotID, _ request: BackupRequest) async throws(HoldfastError) {
        if let view = try await repository.readSnapshot(id), view.log.state == .open,
            try await !repository.abort(view, reason: "started over", at: request.begun, by: request.node),
            let ended = try await repository.readSnapshot(id)
        {
            // Another run of this writer committed it first.
            return try await settle(ended)
        }
        do { try witness?.rememberAbort(id) } catch { throw .witness(error) }
    }

    /// The interrupted snapshot of this source with its checkpoint. One that cannot go on is given up.
    private func resume(
        _ request: BackupRequest, _ keyLog: KeyLog, _ active: CMK, _ selection: BaseSelection
    ) async throws(HoldfastError) -> Begun? {
        guard let witness else { return nil }
        let starts: [WitnessedSnapshot]
        do {
            starts = try witness.openStarts(cluster: repository.cluster, node: request.node, source: request.source)
        } catch {
            throw .witness(error)
        }
        var resumed: SnapshotDraft?
        for start in starts {
            guard let view = try await repository.readSnapshot(start.id), view.log.start != nil else {
                do { try witness.forgetStart(start.id) } catch { throw .witness(error) }
                continue
            }
            guard view.log.state == .open else {
                try await settle(view)
                continue
            }
            if resumed == nil, let draft = try await reopen(view, request, keyLog, active, selection) {
                resumed = consume draft
            } else {
                try await giveUp(start.id, request)
            }
        }
        guard let draft = resumed.take() else { return nil }
        return Begun(draft: draft, notes: ["resumed: the last backup of this source was interrupted"])
    }

    /// A snapshot that ended without our hearing of it: fenced, or committed. The manifest that stands there may be anybody's, so it
    /// counts as this node's only once it opens (`docs/PROTOCOL.md`, section 8, ruling 2): until then the start stays open.
    private func settle(_ view: SnapshotView) async throws(HoldfastError) {
        var commit: (header: ManifestHeader, sum: Digest)?
        if view.log.exists, let header = view.log.header, let sum = view.sum {
            do throws(HoldfastError) {
                _ = try await OpenedSnapshot.open(view, in: repository, with: keys)
                commit = (header, sum)
            } catch .cannotOpen {
                return
            } catch .lostRace {
                return
            } catch .store(let error) {
                throw .store(error)
            } catch {
                // Remembered as given up, so that every later look at the repository raises the alarm.
                commit = nil
            }
        }
        do throws(WitnessError) {
            guard let commit else { return try witness?.rememberAbort(view.id) ?? () }
            try witness?.rememberCommit(view.id, header: commit.header, sum: commit.sum)
        } catch {
            throw .witness(error)
        }
    }

    private func reopen(
        _ view: SnapshotView, _ request: BackupRequest, _ keyLog: KeyLog, _ active: CMK, _ selection: BaseSelection
    ) async throws(HoldfastError) -> SnapshotDraft? {
        guard let start = view.log.start, start.cluster == repository.cluster, let startDigest = view.lastDigest,
            start.keyLogPosition >= keyLog.newestBarrier ?? -1, start.keyLogPosition <= keyLog.position,
            request.base.allowsResuming
        else { return nil }
        guard
            let checkpoint = try await OpenedSnapshot.openCheckpoint(
                of: view, start, in: repository, with: keys, active: active)
        else {
            return nil
        }
        guard checkpoint.body.source.kind == request.kind else { return nil }
        var base: OpenedSnapshot?
        if let id = start.base {
            guard try await selection.isAlive(id), let opened = try await reopenBase(id, active),
                try await selection.isLockedAsItSays(opened)
            else { return nil }
            base = opened
        }
        // The sealed checkpoint says which base its references rest on; the start record is not proven by anything.
        guard checkpoint.body.parent == base.map({ .init(id: $0.id, clearDigest: $0.clearDigest) }) else { return nil }
        let key = Random.secret()
        let wrapped = try await wrap(key, of: view.id, request, keyLog, active)
        return SnapshotDraft(
            id: view.id, startDigest: startDigest, keyLogPosition: start.keyLogPosition,
            keyLogRead: max(start.keyLogPosition, keyLog.position), key: key, wrapped: wrapped, base: base,
            checkpoint: checkpoint, started: request.time, lock: lock(request, keyLog, base: base),
            barrier: keyLog.newestBarrier)
    }

    /// Nil where it cannot be read, now or ever: without it nobody can go on.
    private func reopenBase(_ id: SnapshotID, _ active: CMK) async throws(HoldfastError) -> OpenedSnapshot? {
        do throws(HoldfastError) {
            guard let view = try await repository.readSnapshot(id) else { return nil }
            return try await OpenedSnapshot.open(view, in: repository, with: keys)
        } catch .cannotOpen(_, let refusals)
            where refusals.allSatisfy({ keys.isFinal($0.reason, of: $0.cmk, active: active) })
        {
            return nil
        } catch  where error.isUnreadable {
            return nil
        }
    }
}
