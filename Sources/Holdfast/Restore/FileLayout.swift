import HoldfastFormat
import HoldfastModel

/// Places a file's chunks one after another and holds them to its size: holes and chunks must add up to it, but for a hole at the end
/// (`docs/FORMAT.md`, section 4).
struct FileLayout {
    private let entry: Entry
    private(set) var position: UInt64 = 0

    init(_ entry: Entry) { self.entry = entry }

    /// The offset in the file at which this reference's bytes begin.
    mutating func place(_ reference: ChunkReference) throws(HoldfastError) -> UInt64 {
        let left = entry.size - position
        guard entry.size <= UInt64(Int.max), reference.hole <= left, UInt64(reference.byteCount) <= left - reference.hole else {
            throw .inconsistent(entry.displayPath, detail: "its chunks are longer than the file")
        }
        let offset = position + reference.hole
        position = offset + UInt64(reference.byteCount)
        return offset
    }

    /// Zero bytes after the last chunk.
    var tail: UInt64 { entry.size - position }
}
