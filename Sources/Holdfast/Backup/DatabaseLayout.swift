package import HoldfastFormat

/// How the files of a database are divided (`docs/decisions/0017-page-maps.md` has the figures behind the sizes).
package struct DatabaseLayout: Sendable {
    /// What is stored together. Fresh lineages begin with it; others keep theirs.
    package var blocks: CutSizes
    /// What is compared; a power of two, from 512 bytes to 1 MiB.
    package var pageByteCount: Int
    /// Smaller files are stored anew as a whole: that costs less than a map does.
    package var minimumByteCount: Int
    /// How young a ctime says nothing of a file, in nanoseconds: a file that was changed so shortly before it was looked at is read
    /// again by the next backup.
    ///
    /// A store through a mapping changes the times when it makes a clean page dirty, and later ones into the same page do not, until
    /// the kernel has written it back: once it was dirty for `vm.dirty_expire_centisecs` (30 s), by a thread that wakes every
    /// `vm.dirty_writeback_centisecs` (5 s). The rest is room for a slow disk. File systems in memory write nothing back: where this is not 0,
    /// their files are read every time.
    package var settling: Int64

    package init(
        blocks: CutSizes = .database, pageByteCount: Int = 8 << 10, minimumByteCount: Int = 128 << 10,
        settling: Int64 = 60_000_000_000
    ) {
        self.blocks = blocks
        self.pageByteCount = pageByteCount
        self.minimumByteCount = minimumByteCount
        self.settling = settling
    }
}
