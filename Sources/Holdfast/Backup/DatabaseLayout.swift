package import HoldfastFormat

/// How the files of a database are divided (`docs/decisions/0017-page-maps.md` has the figures behind the sizes).
package struct DatabaseLayout: Sendable {
    /// What is stored together. Fresh lineages begin with it; others keep theirs.
    package var blocks: CutSizes
    /// What is compared; a power of two, from 512 bytes to 1 MiB.
    package var pageByteCount: Int
    /// Smaller files are stored anew as a whole: that costs less than a map does.
    package var minimumByteCount: Int

    package init(blocks: CutSizes = .database, pageByteCount: Int = 8 << 10, minimumByteCount: Int = 128 << 10) {
        self.blocks = blocks
        self.pageByteCount = pageByteCount
        self.minimumByteCount = minimumByteCount
    }
}
