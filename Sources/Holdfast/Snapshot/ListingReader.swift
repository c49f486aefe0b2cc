package import HoldfastFormat
package import HoldfastModel

/// Reads a snapshot's entries in their order, one listing chunk at a time: memory does not grow with the number of files.
package struct ListingReader: ~Copyable {
    private let snapshot: OpenedSnapshot
    private let opener: ChunkOpener
    private var decoder = ListingDecoder()
    private var nextChunk: Int
    /// Of a checkpoint: what comes after the chunks.
    private var unlisted: ArraySlice<[UInt8]>
    private var buffer: [Entry] = []
    private var position = 0

    /// From the start, or from the chunk on that may hold `path` or anything below it.
    package init(_ snapshot: OpenedSnapshot, from path: [UInt8] = []) {
        self.snapshot = snapshot
        opener = snapshot.makeOpener()
        unlisted = (snapshot.body.unlisted?.entries ?? [])[...]
        nextChunk = Self.chunk(holding: path, in: snapshot)
    }

    /// The number of the last chunk that does not begin after `path`.
    private static func chunk(holding path: [UInt8], in snapshot: OpenedSnapshot) -> Int {
        max(0, snapshot.body.source.listing.partitioningIndex { PathOrder.precedes(path, $0.firstPath) } - 1)
    }

    /// Leaves out chunks that hold only entries before `path`; some entries before it may still come.
    package mutating func skip(to path: [UInt8]) {
        guard position == buffer.count || buffer.last.map({ PathOrder.precedes($0.path, path) }) == true else { return }
        position = buffer.count
        nextChunk = max(nextChunk, Self.chunk(holding: path, in: snapshot))
    }

    /// The chunk that the next entry will come from, where it is the first one of a chunk.
    package var chunkAhead: ChunkReference? {
        let chunks = snapshot.body.source.listing
        return position == buffer.count && nextChunk < chunks.count ? chunks[nextChunk].reference : nil
    }

    /// What the chunk ahead tells of: from its first path up to the first of the chunk after it, or to the end.
    var pathsAhead: (from: [UInt8], until: [UInt8]?)? {
        let chunks = snapshot.body.source.listing
        guard chunkAhead != nil else { return nil }
        return (chunks[nextChunk].firstPath, nextChunk + 1 < chunks.count ? chunks[nextChunk + 1].firstPath : nil)
    }

    /// Leaves out the chunk ahead.
    package mutating func skipChunk() {
        (buffer, position) = ([], 0)
        nextChunk += 1
    }

    /// The next entry, or nil at the end.
    package mutating func next() async throws(HoldfastError) -> Entry? {
        while position == buffer.count {
            if nextChunk < snapshot.body.source.listing.count {
                try await readChunk(snapshot.body.source.listing[nextChunk])
            } else if let entries = unlisted.popFirst() {
                try decode(entries, from: .checkpoint(snapshot.id))
            } else {
                return nil
            }
        }
        defer { position += 1 }
        return buffer[position]
    }

    private mutating func readChunk(_ chunk: SourceDescription.ListingChunk) async throws(HoldfastError) {
        let plaintext = try await snapshot.read(chunk.reference, domain: .listing, with: opener)
        // One that opens is behind, whatever is in it.
        nextChunk += 1
        let name = try snapshot.pack(of: chunk.reference).name
        try decode(plaintext, from: name)
        guard buffer.first?.path == chunk.firstPath else {
            buffer = []
            throw .object(name, .listingOrder("a chunk begins with another path than the index says"))
        }
    }

    private mutating func decode(_ plaintext: [UInt8], from name: ObjectName) throws(HoldfastError) {
        do {
            buffer = try decoder.decode(plaintext)
        } catch {
            throw .object(name, error)
        }
        position = 0
    }
}
