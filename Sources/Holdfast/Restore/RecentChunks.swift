import HoldfastFormat
import HoldfastModel

/// Opened chunks of which more parts may be wanted soon: a database file takes its pages from a few chunks in turn.
struct RecentChunks {
    /// What one reference says of a chunk, another may not: only what was opened as it says is served.
    private struct Place: Hashable {
        let packNumber: UInt32
        let offset: UInt32
        let plainByteCount: UInt32
        let hash: Digest

        init(_ reference: ChunkReference) {
            (packNumber, offset) = (reference.packNumber, reference.offset)
            (plainByteCount, hash) = (reference.plainByteCount, reference.hash)
        }
    }

    /// Of plaintext that is kept.
    private static let maximumByteCount = 64 << 20

    private var chunks: [Place: (plaintext: [UInt8], lastUse: Int)] = [:]
    private var byteCount = 0
    private var useCount = 0

    /// The chunk's plaintext, where it was opened lately.
    mutating func plaintext(of reference: ChunkReference) -> [UInt8]? {
        useCount += 1
        let place = Place(reference)
        chunks[place]?.lastUse = useCount
        return chunks[place]?.plaintext
    }

    /// Keeps one of which only a part was wanted, and lets go of those that were not asked for longest.
    mutating func keep(_ plaintext: [UInt8], of reference: ChunkReference) {
        guard reference.byteCount < plaintext.count else { return }
        let place = Place(reference)
        byteCount += plaintext.count - (chunks.updateValue((plaintext, useCount), forKey: place)?.plaintext.count ?? 0)
        while byteCount > Self.maximumByteCount, let oldest = chunks.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            chunks[oldest.key] = nil
            byteCount -= oldest.value.plaintext.count
        }
    }
}
