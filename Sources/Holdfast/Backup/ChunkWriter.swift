import HoldfastFormat
import HoldfastModel
import Synchronization

/// Stores chunks: hashes, looks up, compresses, seals. Used from many tasks at once; each borrows one set of contexts.
final class ChunkWriter: Sendable {
    /// What one task needs and none may share.
    private struct Worker: ~Copyable {
        let hasher: ChunkHasher
        let compressor: ZstdCompressor
        var payload: [UInt8] = []
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
        let outcome = box.worker.withLock { worker in
            prepare(buffer.span.extracting(range), domain, &worker)
        }
        idle.withLock { $0.append(box) }
        switch outcome {
        case .known(let reference):
            registry.markUsed(reference.packNumber)
            return reference
        case .new(let hash, let payload):
            return try await seal(payload, hash: hash, plainByteCount: range.count, domain: domain)
        }
    }

    private enum Outcome {
        case known(ChunkReference)
        case new(Digest, payload: [UInt8])
    }

    private func prepare(_ plaintext: Span<UInt8>, _ domain: ChunkDomain, _ worker: inout Worker) -> Outcome {
        let hash = worker.hasher.hash(plaintext, domain: domain)
        if let known = index.find(hash), Int(known.plainByteCount) == plaintext.count { return .known(known) }
        guard worker.compressor.compress(plaintext, into: &worker.payload) else {
            var raw: [UInt8] = []
            raw.append(contentsOf: plaintext)
            return .new(hash, payload: raw)
        }
        return .new(hash, payload: worker.payload)
    }

    /// Uploads what is left in the open packs.
    func finish() async throws(HoldfastError) {
        try await data.finish()
        try await listing.finish()
    }

    private func seal(
        _ payload: [UInt8], hash: Digest, plainByteCount: Int, domain: ChunkDomain
    ) async throws(HoldfastError) -> ChunkReference {
        let stream = domain == .data ? data : listing
        let stored = payload.count
        let place = try await stream.append(payload, hash: hash)
        let reference = ChunkReference(
            packNumber: place.packNumber, offset: place.offset, storedByteCount: UInt32(stored),
            plainByteCount: UInt32(plainByteCount), hash: hash)
        index.insert(reference)
        registry.markUsed(place.packNumber)
        if domain == .data { progress.new(byteCount: plainByteCount) }
        return reference
    }

    private func makeWorker() -> WorkerBox {
        WorkerBox(Worker(hasher: ChunkHasher(hashKey: hashKey), compressor: ZstdCompressor(level: level)))
    }
}
