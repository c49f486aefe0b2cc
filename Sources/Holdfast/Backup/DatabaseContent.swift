import HoldfastFormat
import HoldfastModel

/// What a database file becomes: brings its blocks, which are done in any order, into the file's, and passes them on to its references
/// and its page map.
struct DatabaseContent {
    private var early: [Int: StoredBlock] = [:]
    private var pieces: PieceGatherer
    private var map: PageMapWriter
    private let soFar: StoredSoFar
    /// How many blocks were passed on.
    private(set) var blockCount = 0

    init(_ pieces: PieceGatherer, _ map: PageMapWriter, telling soFar: StoredSoFar) {
        (self.pieces, self.map, self.soFar) = (pieces, map, soFar)
        tell()
    }

    mutating func add(_ stored: StoredBlock) async throws(HoldfastError) {
        early[stored.block.number] = stored
        while let due = early.removeValue(forKey: blockCount) {
            blockCount += 1
            try await pieces.add(due)
            for (page, hash) in zip(due.block.pages, due.hashes) where hash != .none {
                try await map.add(hash, ofPage: page)
            }
            tell()
        }
    }

    /// Once all blocks were added; `byteCount` is what was read, holes included.
    mutating func finish(byteCount: Int) async throws(HoldfastError) -> StoredContent {
        StoredContent(content: try await pieces.finish(), pageMap: try await map.finish(), byteCount: byteCount)
    }

    private func tell() {
        if let collector = pieces.settled { soFar.note(collector, map: map) }
    }

    mutating func takeBuffer() -> [UInt8] { pieces.takeBuffer() }
}
