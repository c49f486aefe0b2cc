import HoldfastFormat
package import HoldfastModel

/// Reads a snapshot's entries in their order, one listing chunk at a time: memory does not grow with the number of files.
package struct ListingReader: ~Copyable {
    private let snapshot: OpenedSnapshot
    private let opener: ChunkOpener
    private var decoder = ListingDecoder()
    private var nextChunk: Int
    private var buffer: [Entry] = []
    private var position = 0

    /// From the start, or from the chunk on that may hold `path` or anything below it.
    package init(_ snapshot: OpenedSnapshot, from path: [UInt8] = []) {
        self.snapshot = snapshot
        opener = snapshot.makeOpener()
        let chunks = snapshot.body.source.listing
        let after = chunks.partitioningIndex { PathOrder.precedes(path, $0.firstPath) }
        nextChunk = max(0, after - 1)
    }

    /// The next entry, or nil at the end.
    package mutating func next() async throws(HoldfastError) -> Entry? {
        while position == buffer.count {
            guard nextChunk < snapshot.body.source.listing.count else { return nil }
            try await readChunk(snapshot.body.source.listing[nextChunk])
        }
        defer { position += 1 }
        return buffer[position]
    }

    private mutating func readChunk(_ chunk: SourceDescription.ListingChunk) async throws(HoldfastError) {
        let plaintext = try await snapshot.read(chunk.reference, domain: .listing, with: opener)
        do {
            buffer = try decoder.decode(plaintext)
        } catch {
            throw .object(try snapshot.pack(of: chunk.reference).name, error)
        }
        position = 0
        nextChunk += 1
    }
}

extension Array {
    /// The first index from which on `belongsAfter` holds; the array is partitioned by it.
    fileprivate func partitioningIndex(_ belongsAfter: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
