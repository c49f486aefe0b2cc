import HoldfastFormat

/// What becomes of a block of a file that the base has too: which pieces are taken from the base's chunks, and which are stored.
struct BlockPlan {
    enum Piece: Sendable {
        case taken(ChunkReference)
        /// Of the file.
        case fresh(Range<Int>)
    }

    /// In the file's order; together they are the block. Nil where it is stored as one new chunk.
    let pieces: [Piece]?

    /// Less than a third of a chunk is not worth keeping it for, and less than a third of a block not worth its many references.
    static func isWorthTaking(_ byteCount: Int, of total: Int) -> Bool { byteCount * 3 >= total }

    /// `hashes` are of the block's pages as they are now; `mayTake` says whether a part of the base is worth taking from when it
    /// loses so many bytes.
    init(_ block: FileBlock, _ hashes: [PageHash], mayTake: (ChunkReference, _ losing: Int) -> Bool) {
        guard let base = block.base else {
            pieces = nil
            return
        }
        let isSame = zip(hashes, base.hashes).map { $0 != .none && $0 == $1 }
        guard isSame.contains(true) else {
            pieces = nil
            return
        }
        let usable = Self.usable(base.parts, Self.lost(block, isSame), mayTake)
        var (pieces, takenByteCount, next): ([Piece], Int, Int) = ([], 0, 0)
        for (page, isSame) in zip(block.pages, isSame) {
            let piece = block.piece(ofPage: page)
            while next < usable.count, usable[next].range.upperBound <= piece.lowerBound { next += 1 }
            if isSame, let taken = Self.references(to: piece, in: usable[next...]) {
                pieces += taken.map(Piece.taken)
                takenByteCount += piece.count
            } else {
                pieces.append(.fresh(piece))
            }
        }
        self.pieces = Self.isWorthTaking(takenByteCount, of: block.range.count) ? pieces : nil
    }

    /// How many bytes of each chunk are at places of the block that changed.
    private static func lost(_ block: FileBlock, _ isSame: [Bool]) -> [Place: Int] {
        var lost: [Place: Int] = [:]
        guard let base = block.base, isSame.contains(false) else { return lost }
        for part in base.parts {
            let range = part.range.clamped(to: block.range)
            for page in block.grid.pages(of: range) where !isSame[page - block.pages.lowerBound] {
                lost[Place(part.reference), default: 0] += block.piece(ofPage: page).clamped(to: range).count
            }
        }
        return lost
    }

    private static func usable(
        _ parts: [BaseFile.Part], _ lost: [Place: Int], _ mayTake: (ChunkReference, _ losing: Int) -> Bool
    ) -> [BaseFile.Part] {
        var answers: [Place: Bool] = [:]
        return parts.filter { part in
            let place = Place(part.reference)
            if let answer = answers[place] { return answer }
            let answer = mayTake(part.reference, lost[place] ?? 0)
            answers[place] = answer
            return answer
        }
    }

    /// The references that make up `piece` of the file; nil where some of it is in none of the parts.
    private static func references(
        to piece: Range<Int>, in parts: ArraySlice<BaseFile.Part>
    ) -> [ChunkReference]? {
        var references: [ChunkReference] = []
        var position = piece.lowerBound
        for part in parts {
            guard position < piece.upperBound, part.range.contains(position) else { break }
            let end = min(part.range.upperBound, piece.upperBound)
            references.append(part.reference(to: position..<end))
            position = end
        }
        return position == piece.upperBound ? references : nil
    }

    /// Which chunk.
    private struct Place: Hashable {
        let packNumber: UInt32
        let offset: UInt32

        init(_ reference: ChunkReference) { (packNumber, offset) = (reference.packNumber, reference.offset) }
    }
}
