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
            registry.markUsed(reference.packNumber)
            return reference
        }
        let stream = domain == .data ? data : listing
        var full: PackStream.FullPack?
        while true {
            let place: PackStream.Place? =
                if case .compressed(let count) = outcome {
                    worker.tools.withLock { stream.append($0.scratch.span.extracting(0..<count), hash: hash, full: &full) }
                } else {
                    stream.append(buffer.span.extracting(range), hash: hash, full: &full)
                }
            guard let place else {
                await stream.openPack()
                continue
            }
            workers.give(worker)
            if let full = full.take() { try await stream.upload(full) }
            return note(place, hash, range.count, domain)
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
        registry.markUsed(place.packNumber)
        if domain == .data { progress.new(byteCount: plainByteCount) }
        return reference
    }

    /// Uploads what is left in the open packs.
    func finish() async throws(HoldfastError) {
        try await data.finish()
        try await listing.finish()
    }
}
