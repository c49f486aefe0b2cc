/// How long chunks may be, in bytes.
package struct CutSizes: Hashable, Sendable {
    package let minimum: Int
    package let average: Int
    package let maximum: Int

    package init(minimum: Int, average: Int, maximum: Int) {
        (self.minimum, self.average, self.maximum) = (minimum, average, maximum)
    }

    /// Aligned blocks.
    package init(blockByteCount: Int) {
        self.init(minimum: blockByteCount, average: blockByteCount, maximum: blockByteCount)
    }

    /// For files in general: 256 KiB, 1 MiB, 4 MiB.
    package static let files = CutSizes(minimum: 256 << 10, average: 1 << 20, maximum: 4 << 20)
    /// For files that are updated in place: aligned blocks of 1 MiB. Lineages of earlier versions go on with theirs, of 64 KiB.
    package static let database = CutSizes(blockByteCount: 1 << 20)
}
