import HoldfastFormat
import HoldfastModel

/// Puts the pieces of a file one behind the other, and gathers those that are new, over many blocks, into chunks.
struct PieceGatherer {
    private enum Piece {
        case stored(ChunkReference)
        /// In the chunk that is being gathered; `range` is of its plaintext.
        case fresh(hole: UInt64, range: Range<Int>)
    }

    /// So many pieces may wait for the chunk at hand.
    private static let maximumPendingPieces = 1024
    /// Where nothing is gathered they are passed on as soon as there are so many.
    private static let minimumPendingPieces = 16
    /// After so many blocks of which some piece waited, the chunk is let go once it is half full: what waits at an interruption is read again.
    private static let maximumUnsettledBlocks = 64

    private let chunks: ChunkWriter
    private let chunkByteCount: Int
    private var collector: ReferenceCollector
    private var pending: [Piece] = []
    private var buffer: [UInt8]
    private var byteCount = 0
    private var unsettledBlockCount = 0

    /// Gathers in `buffer`, which holds a chunk of `chunkByteCount` at least, what comes in the file at `path` after `beginning`, if there is one.
    init(
        _ chunks: ChunkWriter, chunkByteCount: Int, in buffer: consuming [UInt8], of path: [UInt8],
        after beginning: FileBeginning?
    ) {
        self.chunks = chunks
        self.chunkByteCount = chunkByteCount
        self.buffer = buffer
        collector = ReferenceCollector(chunks, of: path, after: beginning)
    }

    /// Of all that was added; nil while some of it is in the chunk that is being gathered.
    var settled: ReferenceCollector? { pending.isEmpty ? collector : nil }

    /// Gives the buffer back.
    mutating func takeBuffer() -> [UInt8] {
        defer { buffer = [] }
        return buffer
    }

    mutating func add(_ stored: StoredBlock) async throws(HoldfastError) {
        var hole = stored.block.hole
        var start = 0
        for piece in stored.pieces {
            switch piece {
            case .stored(var reference):
                reference.hole = hole
                append(.stored(reference))
            case .fresh(let count):
                try await add(stored.fresh, start..<(start + count), after: hole)
                start += count
            }
            hole = 0
        }
        unsettledBlockCount += 1
        if isWorthFlushing { try await flush() }
        if pending.isEmpty { unsettledBlockCount = 0 }
    }

    private var isWorthFlushing: Bool {
        pending.count >= (byteCount == 0 ? Self.minimumPendingPieces : Self.maximumPendingPieces)
            || unsettledBlockCount >= Self.maximumUnsettledBlocks && byteCount >= chunkByteCount / 2
    }

    /// The content once all blocks were added.
    mutating func finish() async throws(HoldfastError) -> FileContent {
        try await flush()
        return try await collector.finish()
    }

    private mutating func add(_ fresh: [UInt8], _ range: Range<Int>, after hole: UInt64) async throws(HoldfastError) {
        var (start, hole) = (range.lowerBound, hole)
        while start < range.upperBound {
            if byteCount == chunkByteCount { try await flush() }
            let (offset, count) = (byteCount, min(range.upperBound - start, chunkByteCount - byteCount))
            var target = buffer.mutableSpan
            target.copy(fresh.span.extracting(start..<(start + count)), at: offset)
            append(.fresh(hole: hole, range: offset..<(offset + count)))
            (start, hole, byteCount) = (start + count, 0, offset + count)
        }
    }

    /// Adds a piece, to the one before it where both lie in a chunk as they do in the file.
    private mutating func append(_ piece: Piece) {
        switch (pending.last, piece) {
        case (.stored(var last)?, .stored(let next))
        where next.hole == 0 && last.isSameChunk(as: next) && Int(last.from) + last.byteCount == Int(next.from):
            last.take = UInt32(last.byteCount + next.byteCount)
            pending[pending.count - 1] = .stored(last)
        case (.fresh(let hole, let last)?, .fresh(0, let next)) where last.upperBound == next.lowerBound:
            pending[pending.count - 1] = .fresh(hole: hole, range: last.lowerBound..<next.upperBound)
        default: pending.append(piece)
        }
    }

    /// Stores what was gathered, and passes on the references that waited for it.
    private mutating func flush() async throws(HoldfastError) {
        let gathered = byteCount > 0 ? try await chunks.store(buffer, 0..<byteCount, domain: .data) : nil
        var references: [ChunkReference] = []
        references.reserveCapacity(pending.count)
        for piece in pending {
            switch (piece, gathered) {
            case (.stored(let reference), _): references.append(reference.normalized)
            case (.fresh(let hole, let range), var reference?):
                (reference.hole, reference.from, reference.take) = (hole, UInt32(range.lowerBound), UInt32(range.count))
                references.append(reference.normalized)
            case (.fresh, nil): preconditionFailure("fresh bytes were gathered, and none are there")
            }
        }
        (pending, byteCount) = ([], 0)
        try await collector.append(references)
    }
}

extension ChunkReference {
    fileprivate func isSameChunk(as other: ChunkReference) -> Bool {
        packNumber == other.packNumber && offset == other.offset && hash == other.hash
    }

    /// All of a chunk is `take` 0, so that one content has one form.
    fileprivate var normalized: ChunkReference {
        var reference = self
        if take == plainByteCount { reference.take = 0 }
        return reference
    }
}
