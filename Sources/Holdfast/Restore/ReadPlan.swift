import HoldfastFormat
import HoldfastModel

/// One place of one file that a chunk is written to.
struct ChunkUse: Sendable {
    let reference: ChunkReference
    /// In the window's files.
    let file: Int32
    let offset: UInt64
}

/// One read from one pack, and the uses of the chunks in it.
struct PackRead: Hashable, Sendable {
    let packNumber: UInt32
    /// Of the pack.
    var bytes: Range<Int>
    /// Of the plan's uses, which are sorted by where their chunks lie.
    var uses: Range<Int>
}

/// In which order, and in which pieces, the packs of a window are read: each once, in the order in which they are first needed,
/// with neighbouring chunks read together.
struct ReadPlan: Sendable {
    let uses: [ChunkUse]
    let reads: [PackRead]

    init(_ unsorted: consuming [ChunkUse], limits: RestoreLimits) {
        var uses = unsorted
        var ranks: [UInt32: Int] = [:]
        for use in uses where ranks[use.reference.packNumber] == nil { ranks[use.reference.packNumber] = ranks.count }
        uses.sort { a, b in
            let (first, second) = (a.reference, b.reference)
            if first.packNumber != second.packNumber {
                return ranks[first.packNumber, default: 0] < ranks[second.packNumber, default: 0]
            }
            return (first.offset, a.file, a.offset) < (second.offset, b.file, b.offset)
        }
        reads = Self.coalesce(uses, limits)
        self.uses = uses
    }

    private static func coalesce(_ uses: [ChunkUse], _ limits: RestoreLimits) -> [PackRead] {
        var reads: [PackRead] = []
        for index in uses.indices {
            let reference = uses[index].reference
            let frame = reference.frameRange
            if var last = reads.last, last.packNumber == reference.packNumber,
                frame.lowerBound <= last.bytes.upperBound + limits.gapByteCount,
                max(frame.upperBound, last.bytes.upperBound) - last.bytes.lowerBound <= limits.readByteCount
                    || frame.upperBound <= last.bytes.upperBound
            {
                last.bytes = last.bytes.lowerBound..<max(frame.upperBound, last.bytes.upperBound)
                last.uses = last.uses.lowerBound..<(index + 1)
                reads[reads.count - 1] = last
            } else {
                reads.append(PackRead(packNumber: reference.packNumber, bytes: frame, uses: index..<(index + 1)))
            }
        }
        return reads
    }

    /// The uses of one read, cut where the chunk changes.
    func chunks(of read: PackRead) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        for index in read.uses {
            if let last = chunks.last, uses[last.lowerBound].isSameChunk(as: uses[index]) {
                chunks[chunks.count - 1] = last.lowerBound..<(index + 1)
            } else {
                chunks.append(index..<(index + 1))
            }
        }
        return chunks
    }
}

extension ChunkUse {
    fileprivate func isSameChunk(as other: ChunkUse) -> Bool {
        reference.hash == other.reference.hash && reference.frameRange == other.reference.frameRange
            && reference.plainByteCount == other.reference.plainByteCount
    }
}
