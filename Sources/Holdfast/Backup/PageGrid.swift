/// A file divided into pages, of which the last may be shorter.
struct PageGrid: Sendable {
    /// In bytes.
    let pageByteCount: Int
    let fileByteCount: Int

    /// The pages that have bytes in `range` of the file, which is not empty.
    func pages(of range: Range<Int>) -> Range<Int> {
        (range.lowerBound / pageByteCount)..<((range.upperBound - 1) / pageByteCount + 1)
    }

    /// Where a page of the file lies.
    func range(ofPage page: Int) -> Range<Int> {
        let start = page * pageByteCount
        return start..<(start + min(pageByteCount, fileByteCount - start))
    }
}
