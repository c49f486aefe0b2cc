import HoldfastCatalog
import HoldfastFormat
import HoldfastModel

/// The end of a snapshot: the key log read again, the manifest created, record 0 looked at, and only then said to be done
/// (`docs/PROTOCOL.md`, W4 to W6).
struct SnapshotCommit {
    let repository: Repository
    let keys: KeyManagers
    /// Nil where the snapshot is made for another node, which is not to take it for its own.
    let witness: Witness?

    /// What stands now.
    struct Committed: Sendable {
        let header: ManifestHeader
        /// What did not go as usual, and does not make the snapshot a worse one.
        let notes: [String]
    }

    /// Nil where a barrier newer than the snapshot's start stands in the key log: it must start over.
    func commit(
        _ draft: borrowing SnapshotDraft, _ request: BackupRequest, lineage: borrowing Lineage,
        listing: borrowing ListingWriter, packs: PackRegistry, figures: BackupProgress.Figures, problemCount: Int
    ) async throws(HoldfastError) -> Committed? {
        let packLocks = PackLocks(
            repository: repository, snapshot: draft.id, packs: packs, own: draft.lock?.packsUntil,
            inherited: draft.checkpoint == nil ? draft.base?.header.lock?.packsUntil : nil)
        if let lock = draft.lock { try await packLocks.extend(until: lock.packsUntil) }
        let keyLog = try await repository.readKeyLog(against: witness).log
        // One that ends before what this run has read of it hides what was retired, promised or barred since.
        guard keyLog.position >= draft.keyLogRead else {
            throw .missing(.keyRecord(keyLog.position + 1), needed: "the key log")
        }
        guard keyLog.newestBarrier ?? -1 <= draft.keyLogPosition else { return nil }
        let expires = request.expiry(under: keyLog.compliance)
        let lock = try await lock(draft.lock, until: expires, packLocks)
        // An interrupted run may have created it under another date, and without it the manifest is void.
        if let lock { try await repository.lock([.record(0, of: draft.id)], until: lock.until, neededFor: draft.id) }
        let header = ManifestHeader(
            start: draft.startDigest, cluster: repository.cluster, node: request.node, source: request.source,
            time: request.time, started: draft.started, finished: try await finished(request),
            expires: expires, lock: lock,
            items: request.items, label: request.label, tags: request.tags, base: draft.base?.id, barrier: keyLog.newestBarrier,
            keyLogPosition: keyLog.position, bytesRead: figures.bytesRead, bytesNew: figures.bytesNew,
            bytesStored: figures.bytesStored, files: listing.fileCount, incomplete: UInt64(problemCount),
            envelopes: try await envelopes(draft, request, keyLog), tool: request.tool)
        let body = ManifestBody(
            of: request, base: draft.base, lineage: lineage, listing: listing, packs: try packs.used(),
            barrier: keyLog.newestBarrier)
        let bytes = try writable("\(request.node)/\(request.source)") { () throws(FormatError) in
            try Manifest.seal(header: header, body: body, repository: repository.id, snapshot: draft.id, key: draft.key)
        }
        try await create(bytes, draft.id, lockedUntil: lock?.until)
        try await acknowledge(draft.id, bytes, header)
        let notes = notes(on: request.recovery, draft.wrapped, keyLog)
        return Committed(header: header, notes: notes + (await removeCheckpoint(of: draft.id)))
    }

    /// The lock that the snapshot was begun with, or a longer one where compliance has moved its expiry since.
    private func lock(
        _ begun: SnapshotLock?, until expires: Timestamp?, _ packLocks: PackLocks
    ) async throws(HoldfastError) -> SnapshotLock? {
        guard let begun, let expires, begun.until < expires else { return begun }
        let longer = SnapshotLock(expires: expires, base: nil)
        try await packLocks.extend(until: longer.packsUntil)
        return longer
    }

    /// What was wrapped at the start, less what was retired since; and the CMK that is active now.
    private func envelopes(
        _ draft: borrowing SnapshotDraft, _ request: BackupRequest, _ keyLog: KeyLog
    ) async throws(HoldfastError) -> [Envelope] {
        guard let active = keyLog.active else { throw .noActiveCMK(cluster: repository.cluster) }
        var envelopes = draft.wrapped.envelopes.filter { !keyLog.isRetired($0.cmk) }
        if !envelopes.contains(where: { $0.cmk == active }) {
            let context = try repository.context(
                of: draft.id, cluster: repository.cluster, node: request.node, kind: .manifest)
            envelopes.insert(try await keys.wrap(draft.key, under: active, context: context), at: 0)
        }
        return envelopes
    }

    /// Of recovery CMKs that the snapshot does not open with: nobody is to find out on the day that it is needed.
    private func notes(on recovery: [CMK], _ wrapped: WrappedSnapshotKey, _ keyLog: KeyLog) -> [String] {
        recovery.compactMap { cmk in
            if keyLog.isRetired(cmk) {
                return
                    "the recovery CMK \(cmk) is retired: this snapshot does not open with it (put another under recovery: in the "
                    + "project file)"
            }
            return wrapped.unrecorded[cmk].map {
                "the recovery CMK \(cmk) is left out: this snapshot does not open with it, since it cannot be put on record that it is "
                    + "used here (\($0))"
            }
        }
    }

    private func finished(_ request: BackupRequest) async throws(HoldfastError) -> Timestamp {
        max(request.begun, try await repository.now())
    }

    /// Creates the manifest. Where something stands there already the race is lost, but to the same bytes.
    private func create(_ bytes: [UInt8], _ id: SnapshotID, lockedUntil: Timestamp?) async throws(HoldfastError) {
        let name = ObjectName.record(1, of: id)
        guard try await !repository.locking(until: lockedUntil).create(name, bytes) else { return }
        let standing = try await repository.readOrPurged(name, of: id, neededFor: "snapshot \(id)")
        guard standing != bytes else { return }
        if SnapshotRecordCodec.isRecord(standing) {
            do { try witness?.rememberAbort(id) } catch { throw .witness(error) }
            throw .givenUp(id)
        }
        guard let view = try await repository.readSnapshot(id) else {
            throw .lostRace("snapshot \(id) was purged meanwhile", object: "\(id)")
        }
        // A twin of this writer committed first: it counts if it opens (ruling 2), and is taken up as ours next time.
        _ = try await OpenedSnapshot.open(view, in: repository, with: keys)
        throw .lostRace("snapshot \(id) was committed by another run of this backup", object: "\(id)")
    }

    /// Looks at record 0 once more: without it the manifest is void (rule R5).
    private func acknowledge(_ id: SnapshotID, _ bytes: [UInt8], _ header: ManifestHeader) async throws(HoldfastError) {
        guard try await repository.exists(.record(0, of: id)) else {
            try await takeBack(id)
            throw .givenUp(id)
        }
        let sum: Digest
        do {
            sum = try Manifest.parse(bytes, repository: repository.id, snapshot: id).sum
        } catch {
            throw .object(.record(1, of: id), error)
        }
        do { try witness?.rememberCommit(id, header: header, sum: sum) } catch { throw .witness(error) }
    }

    /// Removes the manifest that was created just now: others could not tell it from that of a snapshot whose start record was lost, and
    /// nobody has heard of it. Who may delete nothing leaves it, and a check names it.
    private func takeBack(_ id: SnapshotID) async throws(HoldfastError) {
        do throws(StoreError) {
            try await repository.store.delete(.record(1, of: id))
        } catch .denied {
            return
        } catch {
            throw .store(error)
        }
    }

    /// Of no use any more, and no reason to fail: the snapshot stands, and a prune takes what is left.
    private func removeCheckpoint(of id: SnapshotID) async -> [String] {
        do throws(StoreError) {
            try await repository.store.delete(.checkpoint(id))
            return []
        } catch {
            return ["its checkpoint could not be removed, which the next prune does (\(HoldfastError.store(error)))"]
        }
    }
}
