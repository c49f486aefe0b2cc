import HoldfastCrypto
package import HoldfastFormat
package import HoldfastModel

/// A snapshot whose manifest was opened with its key, to the last frame: its header is proven, its contents can be read.
package final class OpenedSnapshot: Sendable {
    package let repository: Repository
    package let id: SnapshotID
    package let header: ManifestHeader
    package let packs: [PackEntry]
    /// SHA-256 of the manifest's clear part, which a child names.
    package let clearDigest: Digest
    package let body: ManifestBody
    /// The envelope that opened it, under the CMK that did.
    let envelope: Envelope
    /// The packs that a check found bad, by the snapshot's log.
    let badPacks: Set<Digest>

    package var cmk: CMK { envelope.cmk }

    private init(
        repository: Repository, id: SnapshotID, header: ManifestHeader, packs: [PackEntry], clearDigest: Digest,
        body: consuming ManifestBody, envelope: Envelope, badPacks: Set<Digest>
    ) {
        self.repository = repository
        self.id = id
        self.header = header
        self.packs = packs
        self.clearDigest = clearDigest
        self.body = body
        self.envelope = envelope
        self.badPacks = badPacks
    }

    /// Reads a snapshot's manifest and opens it with the first of its envelopes that does.
    package static func open(
        _ view: SnapshotView, in repository: Repository, with keys: KeyManagers, by openers: Openers = Openers()
    ) async throws(HoldfastError) -> OpenedSnapshot {
        try await withKey(of: view, in: repository, with: keys, by: openers) {
            (manifest, key, envelope, _) throws(HoldfastError) in
            try open(manifest, key: key, view, in: repository, envelope)
        }
    }

    /// Wraps a snapshot's key under one more CMK, once its manifest was opened with it to the last frame.
    static func rewrap(
        _ view: SnapshotView, under target: CMK, in repository: Repository, with keys: KeyManagers
    ) async throws(HoldfastError) -> Envelope {
        try await withKey(of: view, in: repository, with: keys, by: Openers(excluding: [target])) {
            (manifest, key, envelope, context) throws(HoldfastError) in
            _ = try open(manifest, key: key, view, in: repository, envelope)
            return try await keys.wrap(key, under: target, context: context)
        }
    }

    /// Lends the snapshot's key, unwrapped from the first envelope that gives it. `body` throws `.commitment` for a key that is not
    /// this manifest's.
    private static func withKey<Answer>(
        of view: SnapshotView, in repository: Repository, with keys: KeyManagers, by openers: Openers,
        _ body: (Manifest.Clear, borrowing Secret, Envelope, EncryptionContext) async throws(HoldfastError) -> Answer
    ) async throws(HoldfastError) -> Answer {
        let name = ObjectName.record(1, of: view.id)
        let bytes = try await repository.readOrPurged(name, of: view.id, neededFor: "snapshot \(view.id)")
        let manifest: Manifest.Clear
        do {
            manifest = try Manifest.parse(bytes, repository: repository.id, snapshot: view.id)
        } catch {
            throw .object(name, error)
        }
        // What was decided about the snapshot was decided about the manifest that was read then.
        guard view.sum == nil || view.sum == manifest.sum else {
            throw .inconsistent("snapshot \(view.id)", detail: "its manifest changed while it was read")
        }
        var refusals: [(cmk: CMK, reason: HoldfastError)] = []
        for envelope in openers.candidates(manifest.header.envelopes + view.log.laterEnvelopes) {
            do throws(HoldfastError) {
                let context = try repository.context(
                    of: view.id, cluster: manifest.header.cluster, node: manifest.header.node, kind: .manifest)
                let key = try await keys.unwrap(envelope, context: context)
                return try await body(manifest, key, envelope, context)
            } catch .object(let name, let error) where error != .commitment {
                // The key is the right one, and what it seals is not what was sealed.
                throw .object(name, error)
            } catch {
                refusals.append((envelope.cmk, error))
            }
        }
        throw manifest.container.isSound ? .cannotOpen(view.id, refusals) : .object(name, .damaged)
    }

    private static func open(
        _ manifest: Manifest.Clear, key: borrowing Secret, _ view: SnapshotView, in repository: Repository, _ envelope: Envelope
    ) throws(HoldfastError) -> OpenedSnapshot {
        do {
            let body = try Manifest.open(manifest, key: key)
            return OpenedSnapshot(
                repository: repository, id: view.id, header: manifest.header, packs: manifest.packs,
                clearDigest: manifest.container.clearDigest, body: body, envelope: envelope,
                badPacks: Set(view.log.damage?.packs ?? []))
        } catch {
            throw .object(.record(1, of: view.id), error)
        }
    }

    /// What an interrupted run of this snapshot's writer had stored; nil where there is no checkpoint, or it does not open, now or ever:
    /// then the snapshot starts over. A key manager that may open it another time throws its error.
    static func openCheckpoint(
        of view: SnapshotView, _ start: SnapshotStart, in repository: Repository, with keys: KeyManagers, active: CMK
    ) async throws(HoldfastError) -> OpenedSnapshot? {
        let bytes: [UInt8]
        do {
            bytes = try await repository.store.read(.checkpoint(view.id))
        } catch .notFound, .damaged {
            return nil
        } catch {
            throw .store(error)
        }
        guard let time = view.times[0], let startDigest = view.lastDigest else { return nil }
        let clear: Checkpoint.Clear
        do { clear = try Checkpoint.parse(bytes, repository: repository.id, snapshot: view.id) } catch { return nil }
        do {
            let context = try repository.context(of: view.id, cluster: start.cluster, node: start.node, kind: .checkpoint)
            let key = try await keys.unwrap(clear.envelope, context: context)
            return OpenedSnapshot(
                repository: repository, id: view.id,
                header: .placeholder(start, at: time, startDigest: startDigest), packs: clear.container.packs,
                clearDigest: clear.container.clearDigest, body: try Checkpoint.open(clear, key: key),
                envelope: clear.envelope, badPacks: [])
        } catch let error as HoldfastError where !keys.isFinal(error, of: clear.envelope.cmk, active: active) {
            throw error
        } catch {
            return nil
        }
    }

    /// The pack that a reference names, as the manifest's table has it.
    package func pack(of reference: ChunkReference) throws(HoldfastError) -> PackEntry {
        guard let entry = body.packKeys.entry(reference.packNumber) else {
            throw .inconsistent(
                "snapshot \(id)", detail: "its listing names pack number \(reference.packNumber), its pack table does not")
        }
        guard reference.frameRange.upperBound <= entry.byteCount else {
            throw .inconsistent("\(entry.name)", detail: "a chunk lies beyond its end")
        }
        return entry
    }

    /// Opens a chunk whose frame was read from its pack.
    package func open(
        _ frame: Span<UInt8>, as reference: ChunkReference, domain: ChunkDomain, with opener: borrowing ChunkOpener
    ) throws(HoldfastError) -> [UInt8] {
        let name = try pack(of: reference).name
        do throws(FormatError) {
            let plaintext = try body.packKeys.withKey(reference.packNumber) { key throws(FormatError) in
                try opener.open(frame, as: reference, domain: domain, packKey: key)
            }
            guard let plaintext else { throw .chunkTampered }
            return plaintext
        } catch {
            throw .object(name, error)
        }
    }

    /// The same for those who open many: the frame is decrypted where it lies, and `use` is lent the plaintext, there or in `scratch`.
    func open(
        _ frame: inout MutableSpan<UInt8>, as reference: ChunkReference, domain: ChunkDomain, with opener: borrowing ChunkOpener,
        and scratch: inout [UInt8], _ use: (Span<UInt8>) -> Void
    ) throws(HoldfastError) {
        let name = try pack(of: reference).name
        do throws(FormatError) {
            let opened: Void? = try body.packKeys.withKey(reference.packNumber) { key throws(FormatError) in
                try opener.open(&frame, as: reference, domain: domain, packKey: key, with: &scratch, use)
            }
            guard opened != nil else { throw .chunkTampered }
        } catch {
            throw .object(name, error)
        }
    }

    /// Reads and opens one chunk.
    package func read(
        _ reference: ChunkReference, domain: ChunkDomain, with opener: borrowing ChunkOpener
    ) async throws(HoldfastError) -> [UInt8] {
        let entry = try pack(of: reference)
        let frame = try await repository.readOrPurged(
            entry.name, range: reference.frameRange, of: id, neededFor: "snapshot \(id)")
        return try open(frame.span, as: reference, domain: domain, with: opener)
    }

    package func makeOpener() -> ChunkOpener { ChunkOpener(hashKey: body.lineage.hashKey) }
}

extension Repository {
    /// An object that a snapshot needs. Where it is gone, the snapshot's record 0 tells a purge meanwhile from a loss.
    func readOrPurged(
        _ name: ObjectName, range: Range<Int>? = nil, of snapshot: SnapshotID, neededFor purpose: String
    ) async throws(HoldfastError) -> [UInt8] {
        do {
            return try await store.read(name, range: range)
        } catch {
            throw try await purgedOrFailed(error, name, of: snapshot, neededFor: purpose)
        }
    }

    /// The same, into a buffer that is used again.
    func readOrPurged(
        _ name: ObjectName, range: Range<Int>, into buffer: ReadBuffer, of snapshot: SnapshotID, neededFor purpose: String
    ) async throws(HoldfastError) {
        do {
            try await store.read(name, range: range, into: buffer)
        } catch {
            throw try await purgedOrFailed(error, name, of: snapshot, neededFor: purpose)
        }
    }

    private func purgedOrFailed(
        _ error: StoreError, _ name: ObjectName, of snapshot: SnapshotID, neededFor purpose: String
    ) async throws(HoldfastError) -> HoldfastError {
        guard case .notFound = error else { return .store(error) }
        if try await isGoneOrGoing(snapshot) {
            return .lostRace("snapshot \(snapshot) was purged meanwhile", object: "\(snapshot)")
        }
        return .missing(name, needed: purpose)
    }

    /// Whether nothing is left of the snapshot, or what is left is on its way: its packs go before its start record does.
    func isGoneOrGoing(_ id: SnapshotID) async throws(HoldfastError) -> Bool {
        guard let view = try await readSnapshot(id) else { return true }
        return view.log.state == .void || view.log.isFinal
    }
}
