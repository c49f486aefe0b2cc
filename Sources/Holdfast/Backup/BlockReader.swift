import HoldfastStorage

/// Reads a file block by block: aligned, and each within one run of data.
struct BlockReader: ~Copyable {
    private let blockByteCount: Int
    private let limit: Int
    /// How many bytes of the file are behind, holes included.
    private(set) var position: Int
    private var extent: Range<Int>?

    init(blockByteCount: Int, from position: Int, limit: Int) {
        self.blockByteCount = blockByteCount
        self.position = position
        self.limit = limit
    }

    /// Reads the next block to the front of `buffer`, and answers where in the file it is, and how long a hole is before it; nil at the end.
    mutating func next(
        from source: borrowing some ByteSource & ~Copyable, into buffer: inout [UInt8]
    ) throws(SourceProblem) -> (range: Range<Int>, hole: UInt64)? {
        let behind = position
        guard let extent = try enterExtent(of: source) else { return nil }
        let start = extent.lowerBound / blockByteCount * blockByteCount
        let end = start + min(blockByteCount, extent.upperBound - start)
        var span = buffer.mutableSpan
        var target = span._mutatingExtracting(0..<(end - extent.lowerBound))
        let read = try source.read(into: &target, at: extent.lowerBound)
        // A file that was cut short while it was read ends here.
        guard read > 0 else { return nil }
        position = extent.lowerBound + read
        self.extent = position..<(position < end ? position : extent.upperBound)
        return (extent.lowerBound..<position, UInt64(extent.lowerBound - behind))
    }

    /// What is left of the run of data at hand, or the next one.
    private mutating func enterExtent(
        of source: borrowing some ByteSource & ~Copyable
    ) throws(SourceProblem) -> Range<Int>? {
        if let extent, !extent.isEmpty { return extent }
        guard position < limit, let next = try source.nextExtent(from: position), next.lowerBound < limit else { return nil }
        return next.lowerBound..<min(next.upperBound, limit)
    }
}
