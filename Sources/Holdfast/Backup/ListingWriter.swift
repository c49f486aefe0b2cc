import HoldfastFormat
import HoldfastModel

/// Takes entries in their order and stores them as listing chunks.
struct ListingWriter: ~Copyable {
    private let chunks: ChunkWriter
    private var cutter: ListingCutter
    private var order = ListingOrder()
    private(set) var index: [SourceDescription.ListingChunk] = []
    private(set) var entryCount: UInt64 = 0
    private(set) var byteCount: UInt64 = 0
    private(set) var fileCount: UInt64 = 0

    init(_ chunks: ChunkWriter, lineage: borrowing Lineage) {
        self.chunks = chunks
        cutter = ListingCutter(cutKey: lineage.cutKey)
    }

    /// Throws `.unwritable` where no reader would take the entry: one such costs the whole listing.
    mutating func add(_ entry: Entry) async throws(HoldfastError) {
        try writable(entry.displayPath) { () throws(FormatError) in try order.take(entry.path) }
        entryCount += 1
        // Sparse files may be as large as a number can say: the sum is a figure, not worth stopping for.
        byteCount &+= entry.size
        if entry.kind == .file { fileCount += 1 }
        if let chunk = cutter.add(entry) { try await store(chunk) }
    }

    /// What was added and is in no listing chunk yet: encoded entries.
    var unstored: [UInt8] { cutter.bytes }

    /// Stores what is left, at the end.
    mutating func flush() async throws(HoldfastError) {
        if let chunk = cutter.finish() { try await store(chunk) }
    }

    private mutating func store(_ chunk: ListingCutter.Chunk) async throws(HoldfastError) {
        let reference = try await chunks.store(chunk.plaintext, chunk.plaintext.indices, domain: .listing)
        index.append(.init(firstPath: chunk.firstPath, reference: reference))
    }
}
