/// Finds what of a run of bytes is worth writing where zeros may stay holes.
enum DataRuns {
    /// File systems keep holes in blocks of at least this many bytes.
    static let blockByteCount = 4096

    /// The ranges of `bytes`, which begin at `offset` in their file, without the aligned blocks that are all zeros.
    static func find(in bytes: Span<UInt8>, at offset: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + blockByteCount - (offset + start) % blockByteCount)
            let isWholeBlock = end - start == blockByteCount
            if !isWholeBlock || !isZero(bytes.extracting(start..<end)) {
                if let last = runs.last, last.upperBound == start {
                    runs[runs.count - 1] = last.lowerBound..<end
                } else {
                    runs.append(start..<end)
                }
            }
            start = end
        }
        return runs
    }

    private static func isZero(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where bytes[index] != 0 { return false }
        return true
    }
}
