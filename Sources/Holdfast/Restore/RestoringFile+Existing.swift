import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// A file that is in the target already and is rewritten in its place: only what differs from the snapshot
/// (`docs/decisions/0018-restore-in-place.md`).
extension RestoringFile {
    /// Bytes that are compared, and written where they differ, at once.
    private static let pieceByteCount = 64 << 10

    /// Whether a chunk stands at its place already. What should be a hole before it is made one.
    func holds(_ use: ChunkUse, in chunks: inout StandingChunks) -> Bool {
        guard failure == nil else { return false }
        do throws(RestoreError) {
            guard let existing = try existing() else { return false }
            let (offset, hole) = (Int(use.offset), Int(use.reference.hole))
            try clear((offset - hole)..<offset, of: existing)
            guard use.reference.isWhole, offset + use.reference.byteCount <= existing.length else { return false }
            return chunks.holds(use.reference) { bytes in readable(&bytes, at: offset, of: existing) }
        } catch {
            fail(RestoreFailure(entry.path, error))
            return false
        }
    }

    /// Writes what differs of the runs of `bytes` that are worth writing, and makes the rest holes.
    func rewrite(
        _ bytes: Span<UInt8>, _ runs: [Range<Int>], at offset: Int, of existing: Existing
    ) throws(RestoreError) {
        var end = 0
        for run in runs {
            try clear((offset + end)..<(offset + run.lowerBound), of: existing)
            try rewrite(bytes.extracting(run), at: offset + run.lowerBound, of: existing)
            end = run.upperBound
        }
        try clear((offset + end)..<(offset + bytes.count), of: existing)
    }

    /// Writes those pieces of a run of bytes that differ from what is there.
    private func rewrite(_ bytes: Span<UInt8>, at offset: Int, of existing: Existing) throws(RestoreError) {
        var buffer = [UInt8](repeating: 0, count: min(bytes.count, Self.pieceByteCount))
        for start in stride(from: 0, to: bytes.count, by: Self.pieceByteCount) {
            let piece = bytes.extracting(start..<min(start + Self.pieceByteCount, bytes.count))
            var span = buffer.mutableSpan
            var part = span._mutatingExtracting(0..<piece.count)
            let count = readable(&part, at: offset + start, of: existing)
            guard count < piece.count || !buffer.span.extracting(0..<count).hasSameBytes(as: piece) else { continue }
            try beginRewriting(existing.file)
            try put(piece, at: offset + start, in: existing.file)
        }
    }

    /// Makes a range a hole where the file holds anything else there.
    func clear(_ range: Range<Int>, of existing: Existing) throws(RestoreError) {
        let range = range.clamped(to: 0..<existing.length)
        guard !range.isEmpty else { return }
        for extent in try existing.file.extents(in: range, length: existing.length) where !isEdge(extent, of: existing) {
            try beginRewriting(existing.file)
            try existing.file.clear(extent)
        }
    }

    /// Whether data in a hole is only the zeros that fill up the blocks at the hole's ends.
    private func isEdge(_ extent: Range<Int>, of existing: Existing) -> Bool {
        guard extent.count < 2 * DataRuns.blockByteCount else { return false }
        var buffer = [UInt8](repeating: 0, count: extent.count)
        var span = buffer.mutableSpan
        let count = readable(&span, at: extent.lowerBound, of: existing)
        return count == extent.count && buffer.allSatisfy { $0 == 0 }
    }

    /// How many bytes were read of a file that is there; none where it cannot be read: what is unreadable differs, and is written.
    private func readable(_ bytes: inout MutableSpan<UInt8>, at offset: Int, of existing: Existing) -> Int {
        do throws(RestoreError) { return try existing.file.read(into: &bytes, at: offset) } catch { return 0 }
    }
}
