import HoldfastFormat
import HoldfastModel
import Synchronization

/// Stores chunks: hashes, looks up, compresses, seals. Used from many tasks at once; each borrows one set of contexts.
final class ChunkWriter: Sendable {
    /// What one task needs and none may share.
    private struct Worker: ~Copyable {
        let hasher: ChunkHasher
        let compressor: ZstdCompressor
        /// Where chunks are compressed into: reused, for fresh memory costs as much as hashing what goes there.
        var scratch: [UInt8] = []
    }

    private final class WorkerBox: Sendable {
        let worker: Mutex<Worker>
        init(_ worker: consuming Worker) { self.worker = Mutex(worker) }
    }

    let index: ChunkIndex
    let registry: PackRegistry
    private let hashKey: Secret
    private let level: Int
    private let data: PackStream
    private let listing: PackStream
    private let progress: BackupProgress
    private let idle = Mutex<[WorkerBox]>([])

    init(
        hashKey: borrowing Secret, level: Int, index: ChunkIndex, registry: PackRegistry, data: PackStream,
        listing: PackStream, progress: BackupProgress
    ) {
        self.hashKey = Secret(copying: hashKey.bytes)
        self.level = level
        self.index = index
        self.registry = registry
        self.data = data
        self.listing = listing
        self.progress = progress
    }

    /// The reference to a chunk with the plaintext in `range` of `buffer`: one that is known, or one that is stored now.
    func store(_ buffer: [UInt8], _ range: Range<Int>, domain: ChunkDomain) async throws(HoldfastError) -> ChunkReference {
        let box = idle.withLock { $0.popLast() } ?? makeWorker()
        let (hash, outcome) = box.worker.withLock { prepare(buffer.span.extracting(range), domain, &$0) }
        if case .known(let reference) = outcome {
            idle.withLock { $0.append(box) }
            registry.markUsed(reference)
            return reference
        }
        let stream = domain == .data ? data : listing
        var full: PackStream.FullPack?
        while true {
            let place: PackStream.Place? =
                if case .compressed(let count) = outcome {
                    box.worker.withLock { stream.append($0.scratch.span.extracting(0..<count), hash: hash, full: &full) }
                } else {
                    stream.append(buffer.span.extracting(range), hash: hash, full: &full)
                }
            guard let place else {
                await stream.openPack()
                continue
            }
            idle.withLock { $0.append(box) }
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

    private func prepare(_ plaintext: Span<UInt8>, _ domain: ChunkDomain, _ worker: inout Worker) -> (Digest, Outcome) {
        let hash = worker.hasher.hash(plaintext, domain: domain)
        if let known = index.find(hash), Int(known.plainByteCount) == plaintext.count { return (hash, .known(known)) }
        let compressed = worker.compressor.compress(plaintext, into: &worker.scratch)
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

    /// Uploads what is left in the open packs.
    func finish() async throws(HoldfastError) {
        try await data.finish()
        try await listing.finish()
    }

    private func makeWorker() -> WorkerBox {
        WorkerBox(Worker(hasher: ChunkHasher(hashKey: hashKey), compressor: ZstdCompressor(level: level)))
    }
}
