/// How far the drills of one source have come: once around, and every byte was restored once.
package struct DrillSweep: Hashable, Sendable {
    /// Where each piece has its place follows from it.
    package let key: UInt64
    /// Where the next drill begins, on a circle of 2^64 places.
    package let start: UInt64

    package init(key: UInt64, start: UInt64 = 0) {
        self.key = key
        self.start = start
    }
}
