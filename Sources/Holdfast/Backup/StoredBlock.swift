import HoldfastFormat

/// A block of a file once it was looked through: what is stored already, and what is still to be, along with that of other blocks.
struct StoredBlock: Sendable {
    enum Piece: Sendable {
        case stored(ChunkReference)
        /// The next so many of the fresh bytes.
        case fresh(byteCount: Int)
    }

    let block: FileBlock
    /// Of its pages.
    let hashes: [PageHash]
    /// In the file's order; together they are the block.
    let pieces: [Piece]
    let fresh: [UInt8]
}
