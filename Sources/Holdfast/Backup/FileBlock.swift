import HoldfastFormat

/// A block of a file, or what of it is data: its bytes, and what the base has at its place.
struct FileBlock: Sendable {
    /// Which of the file's blocks, in the order in which they were read.
    let number: Int
    /// Of the file.
    let range: Range<Int>
    /// Zero bytes of the file before it.
    let hole: UInt64
    let grid: PageGrid
    /// Nil where there is no base that it could be compared with.
    let base: Base?

    struct Base: Sendable {
        /// Of each of the block's pages.
        let hashes: [PageHash]
        let parts: [BaseFile.Part]
    }

    var pages: Range<Int> { grid.pages(of: range) }

    /// What of the page is in this block, in the file.
    func piece(ofPage page: Int) -> Range<Int> { grid.range(ofPage: page).clamped(to: range) }

    /// Where each of its pages lies in the block's buffer; nil of one that is not wholly in it.
    var pagesInBuffer: [Range<Int>?] {
        pages.map { page in
            let piece = piece(ofPage: page)
            guard !piece.isEmpty, piece == grid.range(ofPage: page) else { return nil }
            return (piece.lowerBound - range.lowerBound)..<(piece.upperBound - range.lowerBound)
        }
    }
}
