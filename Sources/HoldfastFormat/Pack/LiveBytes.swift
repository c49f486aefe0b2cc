import HoldfastModel

/// Which bytes of one pack are referred to: counted once, however often a reference names them.
///
/// Kept as runs: what is referred to as it was stored is one run. Bounded: beyond `mostRuns` the smallest gaps count as live.
package struct LiveBytes: Sendable {
    private struct Run {
        var start: UInt32
        var end: UInt32
    }

    package static let mostRuns = 256

    /// Ascending; none touches the next.
    private var runs: [Run] = []
    /// The run that was changed last: references mostly come in the order in which chunks were stored.
    private var last = 0

    package init() {}

    package var byteCount: Int { runs.reduce(0) { $0 + Int($1.end - $1.start) } }

    /// Counts the part of the pack that `reference` stands for.
    package mutating func insert(_ reference: ChunkReference) {
        let range = reference.takenRange
        insert(Run(start: UInt32(range.lowerBound), end: UInt32(range.upperBound)))
    }

    private mutating func insert(_ run: Run) {
        if last < runs.count, runs[last].start <= run.start, run.start <= runs[last].end {
            if run.end <= runs[last].end { return }
            if last + 1 == runs.count || run.end < runs[last + 1].start {
                runs[last].end = run.end
                return
            }
        }
        let first = runs.partitioningIndex { $0.end >= run.start }
        let end = runs.partitioningIndex { $0.start > run.end }
        if first == end {
            runs.insert(run, at: first)
        } else {
            let merged = Run(start: min(run.start, runs[first].start), end: max(run.end, runs[end - 1].end))
            runs.replaceSubrange(first..<end, with: CollectionOfOne(merged))
        }
        last = first
        if runs.count > Self.mostRuns { closeSmallestGaps() }
    }

    /// Closes a quarter of the gaps at once, so that no reference costs much.
    private mutating func closeSmallestGaps() {
        let gaps = (1..<runs.count).map { gap(before: $0) }
        var due = runs.count / 4
        let limit = gaps.sorted()[due]
        var kept = [runs[0]]
        for (run, gap) in zip(runs.dropFirst(), gaps) {
            if gap <= limit, due > 0 {
                due -= 1
                kept[kept.count - 1].end = run.end
            } else {
                kept.append(run)
            }
        }
        runs = kept
        last = 0
    }

    private func gap(before index: Int) -> UInt32 { runs[index].start - runs[index - 1].end }
}

extension ChunkReference {
    /// Where in the pack its bytes lie: the frame, or of a part of a chunk the same part of the frame.
    package var takenRange: Range<Int> {
        if isWhole { return frameRange }
        let start = frameByteCount * Int(from) / Int(plainByteCount)
        let end = (frameByteCount * (Int(from) + byteCount) + Int(plainByteCount) - 1) / Int(plainByteCount)
        return (Int(offset) + start)..<(Int(offset) + end)
    }
}
