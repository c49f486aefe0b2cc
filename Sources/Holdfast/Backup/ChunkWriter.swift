import HoldfastFormat
import HoldfastModel
import Synchronization

/// Stores chunks: hashes, looks up, compresses, seals. Used from many tasks at once; each borrows a worker.
final class ChunkWriter: Sendable {
    let index: ChunkIndex
    let registry: PackRegistry
    private let workers: ChunkWorkers
    private let data: PackStream
    private let listing: PackStream
    private let progress: BackupProgress

    init(
        workers: ChunkWorkers, index: ChunkIndex, registry: PackRegistry, data: PackStream, listing: PackStream,
        progress: BackupProgress
    ) {
        self.workers = workers
        self.index = index
        self.registry = registry
        self.data = data
        self.listing = listing
        self.progress = progress
    }

    /// The reference to a chunk with the plaintext in `range` of `buffer`: one that is known, or one that is stored now.
    func store(_ buffer: [UInt8], _ range: Range<Int>, domain: ChunkDomain) async throws(HoldfastError) -> ChunkReference {
        let worker = await workers.take()
        let (hash, outcome) = worker.tools.withLock { prepare(buffer.span.extracting(range), domain, &$0) }
        if case .known(let reference) = outcome {
            workers.give(worker)
            registry.markUsed(reference)
            return reference
        }
        let stream = domain == .data ? data : listing
        var due: PackUpload?
        while true {
            let place: PackStream.Place? =
                if case .compressed(let count) = outcome {
                    worker.tools.withLock { stream.append($0.scratch.span.extracting(0..<count), hash: hash, due: &due) }
                } else {
                    stream.append(buffer.span.extracting(range), hash: hash, due: &due)
                }
            guard let place else {
                await stream.makeRoom()
                continue
            }
            workers.give(worker)
            try await due?.send()
            return note(place, hash, range.count, domain)
        }
    }

    /// Whether parts of a chunk of the base are worth taking: this is the one place that decides it. They are where its pack may be referred
    /// to, and at least a third of the chunk is still in use, so that what a restore opens stays bounded however many versions a file has been
    /// through.
    ///
    /// `part` is what the base's file takes, and `lostByteCount` what of that is not the same any more.
    func mayTake(from part: ChunkReference, losing lostByteCount: Int) -> Bool {
        guard registry.mayRefer(to: part.packNumber) else { return false }
        let live = index.liveByteCount(of: part.hash) ?? part.byteCount
        return BlockPlan.isWorthTaking(live - lostByteCount, of: Int(part.plainByteCount))
    }

    /// The hashes of parts of `buffer`, each of one page.
    func hash(pages: [Range<Int>?], of buffer: [UInt8]) async -> [PageHash] {
        let worker = await workers.take()
        defer { workers.give(worker) }
        return worker.tools.withLock { tools in
            pages.map { page in page.map { tools.hasher.hash(page: buffer.span.extracting($0)) } ?? .none }
        }
    }

    /// How a chunk goes into a pack.
    private enum Outcome {
        /// Not at all: it is in one.
        case known(ChunkReference)
        /// So many bytes of the worker's scratch.
        case compressed(Int)
        /// As it is.
        case raw
    }

    private func prepare(_ plaintext: Span<UInt8>, _ domain: ChunkDomain, _ tools: inout ChunkWorkers.Tools) -> (Digest, Outcome)
    {
        let hash = tools.hasher.hash(plaintext, domain: domain)
        if let known = index.find(hash), Int(known.plainByteCount) == plaintext.count { return (hash, .known(known)) }
        let compressed = tools.compressor.compress(plaintext, into: &tools.scratch)
        return (hash, compressed.map(Outcome.compressed) ?? .raw)
    }

    private func note(_ place: PackStream.Place, _ hash: Digest, _ plainByteCount: Int, _ domain: ChunkDomain) -> ChunkReference {
        let reference = ChunkReference(
            packNumber: place.packNumber, offset: place.offset, storedByteCount: place.byteCount,
            plainByteCount: UInt32(plainByteCount), hash: hash)
        index.insert(reference)
        registry.markUsed(reference)
        if domain == .data { progress.new(byteCount: plainByteCount) }
        return reference
    }

    /// Sends what is in the open packs, and waits for all packs that are on their way. False where nobody waits any more. Throws what kept one
    /// of them from being there.
    func settle() async throws(HoldfastError) -> Bool {
        let next = registry.nextNumber
        try await data.finish()
        try await listing.finish()
        return try await registry.arrived(before: next)
    }

    /// Sends what is left, and returns when every pack is there.
    func finish() async throws(HoldfastError) {
        guard try await settle() else { throw .interrupted }
    }
}
