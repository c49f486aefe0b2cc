import HoldfastCrypto
package import HoldfastModel

/// Content-defined cutting with FastCDC (Xia et al., USENIX ATC 2016) over a keyed gear table: boundaries move with the
/// content, and without the key nobody can tell a file by the lengths of its chunks.
package struct ContentCutter: Sendable {
    /// 256 words.
    private let gear: [UInt64]
    private let sizes: CutSizes
    /// A boundary is where the top bits of the hash are zero: two more of them before the average size, two fewer after it, so that sizes
    /// gather round it.
    private let strictMask: UInt64
    private let looseMask: UInt64

    /// `cutKey` is the lineage's 32 bytes.
    package init(cutKey: borrowing Secret, sizes: CutSizes = .files) {
        let stream = KeyStream.bytes(key: cutKey.bytes, count: 2048)
        gear = (0..<256).map { UInt64(bigEndian: stream.span, at: 8 * $0) }
        self.sizes = sizes
        let bits = Int.bitWidth - 1 - sizes.average.leadingZeroBitCount
        strictMask = ~UInt64(0) << (64 - UInt64(bits + 2))
        looseMask = ~UInt64(0) << (64 - UInt64(bits - 2))
    }

    var maximum: Int { sizes.maximum }

    /// The length of the first chunk of `data`. The caller gives at least `sizes.maximum` bytes, or all that are left.
    package func firstCut(in data: Span<UInt8>) -> Int {
        let end = min(data.count, sizes.maximum)
        guard end > sizes.minimum else { return end }
        let middle = min(end, sizes.average)
        var scan = GearScan()
        return scan.boundary(of: data, in: sizes.minimum..<middle, noMoreThan: ~strictMask, gear: gear.span)
            ?? scan.boundary(of: data, in: middle..<end, noMoreThan: ~looseMask, gear: gear.span) ?? end
    }
}
