/// Ranges of a file's bytes, ascending.
extension [Range<UInt64>] {
    /// Adds a range that comes after all of them; to the last one, where that ends where it begins.
    package mutating func add(_ range: Range<UInt64>) {
        if let last, last.upperBound == range.lowerBound {
            self[count - 1] = last.lowerBound..<range.upperBound
        } else {
            append(range)
        }
    }

    /// Whether any of these bytes is among them.
    package func overlap(_ offset: UInt64, byteCount: Int) -> Bool {
        contains { $0.overlaps(offset..<(offset + UInt64(byteCount))) }
    }
}
