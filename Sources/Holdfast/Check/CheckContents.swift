import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// Opens every manifest, and every chunk of every listing and file, and hashes it again: what a restore would do.
struct CheckContents {
    let check: CheckRepository
    let request: CheckRequest
    let keys: KeyManagers
    let findings: CheckFindings

    /// Answers the packs that were read for it.
    func run(_ views: [SnapshotView]) async throws(HoldfastError) -> Set<Digest> {
        var verified: Set<ChunkPlace> = []
        var read: Set<Digest> = []
        for view in views {
            check.progress(.opening(view.id))
            guard let snapshot = try await open(view) else { continue }
            let inventory = try await ChunkInventory(of: snapshot, findings)
            let due = wanted(inventory, of: snapshot, &verified)
            try await verify(due, of: snapshot)
            read.formUnion(due.map(\.pack.id))
            if case .data(100...) = request.depth, inventory.isComplete { findings.finished(view.id) }
        }
        return read
    }

    private func open(_ view: SnapshotView) async throws(HoldfastError) -> OpenedSnapshot? {
        let name = "\(ObjectName.record(1, of: view.id))"
        do throws(HoldfastError) {
            return try await OpenedSnapshot.open(view, in: check.repository, with: keys)
        } catch .lostRace {
            findings.count { $0.skipped += 1 }
        } catch .object(let object, let error) where error.isNewer {
            findings.add(newer: object, "\(error)")
        } catch .object(let object, let error) {
            findings.add(CheckError("\(object)", .record, "\(error)"), touching: view.id)
        } catch .missing(let object, _) {
            findings.add(CheckError("\(object)", .record, "is missing"), touching: view.id)
        } catch .store(.damaged(let object, let detail)) {
            findings.add(CheckError("\(object)", .record, detail), touching: view.id)
        } catch .cannotOpen(_, let refusals) {
            let reasons = refusals.map { "\($0.cmk): \($0.reason)" }.joined(separator: "; ")
            findings.add(CheckError(name, .unopened, "no envelope opens it: \(reasons)"), about: view.id)
        } catch .refused(let what, _, let remedy) {
            findings.add(CheckError(name, .unopened, "\(what): \(remedy)"), about: view.id)
        } catch {
            throw error
        }
        return nil
    }

    /// The chunks that are to be read now, by pack.
    private func wanted(
        _ inventory: ChunkInventory, of snapshot: OpenedSnapshot, _ verified: inout Set<ChunkPlace>
    ) -> [(pack: PackEntry, chunks: [ChunkInventory.Chunk])] {
        var byPack: [Digest: (pack: PackEntry, chunks: [ChunkInventory.Chunk])] = [:]
        let (losses, badPacks) = (findings.losses, findings.badPacks)
        for chunk in inventory.chunks {
            guard let pack = snapshot.body.packKeys.entry(chunk.reference.packNumber), request.reads(pack.id) else { continue }
            let place = ChunkPlace(chunk.reference, in: pack)
            guard verified.insert(place).inserted else {
                // Of a bad pack all snapshots that need it are told in the end.
                if losses.chunks.contains(place), badPacks[pack.id] == nil {
                    add("is not what it should be: it was found so for another snapshot", chunk.reference, of: snapshot, in: pack)
                }
                continue
            }
            byPack[pack.id, default: (pack, [])].chunks.append(chunk)
        }
        return byPack.values.sorted { $0.pack.name < $1.pack.name }
    }

    private func verify(
        _ due: [(pack: PackEntry, chunks: [ChunkInventory.Chunk])], of snapshot: OpenedSnapshot
    ) async throws(HoldfastError) {
        try await forEach(due, atMost: 4) { (pack, chunks) throws(HoldfastError) in
            guard let bytes = try await check.read(pack, findings) else {
                return findings.lose(chunks.map { ChunkPlace($0.reference, in: pack) }, in: pack)
            }
            let opener = snapshot.makeOpener()
            for chunk in chunks { verify(chunk, in: bytes, of: pack, snapshot, opener) }
            findings.count { $0.chunks += chunks.count }
        }
    }

    private func verify(
        _ chunk: ChunkInventory.Chunk, in bytes: [UInt8], of pack: PackEntry, _ snapshot: OpenedSnapshot,
        _ opener: borrowing ChunkOpener
    ) {
        let range = chunk.reference.frameRange
        guard range.upperBound <= bytes.count else {
            findings.lose([ChunkPlace(chunk.reference, in: pack)], in: pack)
            findings.add(badPack: pack, .length, "a chunk lies beyond its end")
            return
        }
        do throws(HoldfastError) {
            _ = try snapshot.open(bytes.span.extracting(range), as: chunk.reference, domain: chunk.domain, with: opener)
        } catch {
            findings.lose([ChunkPlace(chunk.reference, in: pack)], in: pack)
            add("is not what it should be: \(error)", chunk.reference, of: snapshot, in: pack)
        }
    }

    private func add(_ what: String, _ reference: ChunkReference, of snapshot: OpenedSnapshot, in pack: PackEntry) {
        let message = "the chunk at \(reference.frameRange.lowerBound) of snapshot \(snapshot.id.short) \(what)"
        findings.add(CheckError("\(pack.name)", .content, message), touching: snapshot.id, in: pack.id)
    }
}
