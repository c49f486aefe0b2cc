extension RandomAccessCollection {
    /// The first index whose element satisfies `belongsAfter`, as then do all that follow; the end where none does.
    @inlinable
    package func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Index {
        var (low, count) = (startIndex, count)
        while count > 0 {
            let half = count / 2
            let middle = index(low, offsetBy: half)
            if belongsAfter(self[middle]) {
                count = half
            } else {
                (low, count) = (index(after: middle), count - half - 1)
            }
        }
        return low
    }
}
