/// Which part of a snapshot a drill restores: what has its place in a window on a circle (`docs/decisions/0022-drill.md`).
///
/// Every piece of every file has a place there by chance, and the next drill's window begins where this one ends. A file is one piece,
/// a large one several: no file is too large to have its turn, or too small.
package struct DrillSample: Hashable, Sendable {
    /// A snapshot that is no larger is restored whole, whatever part of it was asked for in percent.
    private static let smallByteCount: UInt64 = 64 << 20
    private static let leastPieceByteCount: UInt64 = 1 << 20
    /// So many pieces of the largest kind make up a sample, at least.
    private static let pieceCount: UInt64 = 16

    private let sweep: DrillSweep
    private let width: UInt64
    /// So many pieces may one file have, so that a sparse one of any size is drawn from in no time.
    private static let mostPieces: UInt64 = 1 << 16

    /// Files that are larger are cut into pieces of this size, a power of two, or of a larger one where they would be too many.
    private let pieceByteCount: UInt64

    /// Nil where everything is to be restored. `total`: the bytes of the snapshot's files.
    package init?(_ amount: DrillAmount, of total: UInt64, at sweep: DrillSweep) {
        guard let byteCount = amount.byteCount(of: total) else { return nil }
        if case .percent = amount, total <= Self.smallByteCount { return nil }
        self.sweep = sweep
        width = max(1, total.dividingFullWidth((high: byteCount, low: 0)).quotient)
        let largest = max(Self.leastPieceByteCount, byteCount / Self.pieceCount)
        pieceByteCount = 1 << UInt64(UInt64.bitWidth - 1 - largest.leadingZeroBitCount)
    }

    /// Where the next drill goes on.
    package var next: DrillSweep { DrillSweep(key: sweep.key, start: sweep.start &+ width) }

    /// Twice as much, from the same place on; nil where that is everything.
    package var wider: DrillSample? { width > UInt64.max / 2 ? nil : DrillSample(self, width: width * 2) }

    private init(_ other: DrillSample, width: UInt64) {
        self.width = width
        (sweep, pieceByteCount) = (other.sweep, other.pieceByteCount)
    }

    /// The parts of a file that are restored, in bytes and in order; all of it for what has no bytes. Nil where nothing is.
    package func parts(of entry: Entry) -> [Range<UInt64>]? {
        let name = Self.hash(entry)
        let pieceByteCount = pieceByteCount(of: entry)
        guard entry.size > pieceByteCount else { return holds(name, piece: 0) ? [0..<entry.size] : nil }
        var parts: [Range<UInt64>] = []
        for piece in 0...((entry.size - 1) / pieceByteCount) where holds(name, piece: piece) {
            let start = piece * pieceByteCount
            parts.add(start..<(start + min(pieceByteCount, entry.size - start)))
        }
        return parts.isEmpty ? nil : parts
    }

    private func pieceByteCount(of entry: Entry) -> UInt64 {
        var byteCount = pieceByteCount
        while entry.size / byteCount > Self.mostPieces { byteCount *= 2 }
        return byteCount
    }

    private func holds(_ name: UInt64, piece: UInt64) -> Bool {
        let place = Self.mixed(Self.mixed(name ^ sweep.key) &+ piece &* 0x9e37_79b9_7f4a_7c15)
        return place &- sweep.start < width
    }

    /// All names of one file have one place: they are restored together.
    private static func hash(_ entry: Entry) -> UInt64 {
        if entry.linkCount > 1, entry.kind != .directory { return mixed(entry.inode) ^ entry.device }
        return entry.path.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// Spreads a number over all 64 bits (the finaliser of SplitMix64). Whoever guesses places gains nothing.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var number = number &+ 0x9e37_79b9_7f4a_7c15
        number = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ (number >> 27)) &* 0x94d0_49bb_1331_11eb
        return number ^ (number >> 31)
    }
}
