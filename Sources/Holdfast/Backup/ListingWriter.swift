import HoldfastFormat
import HoldfastModel
import HoldfastStorage

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

    /// Where the entry is more than readers take, it is left out, and the answer says so: one such would cost the whole listing. Throws
    /// `.unwritable` for a path that no file can have, or that is out of order.
    mutating func add(_ entry: Entry) async throws(HoldfastError) -> SourceProblem? {
        try writable(entry.displayPath) { () throws(FormatError) in try order.take(entry.path) }
        let full: ListingCutter.Chunk?
        do throws(FormatError) {
            guard entry.size <= EntryCodec.maximumFileByteCount else { throw .limit("a file of \(entry.size) bytes") }
            full = try cutter.add(entry)
        } catch {
            return SourceProblem(path: entry.path, what: .unwritable("\(error)"))
        }
        entryCount += 1
        // Sparse files may be as large as a number can say: the sum is a figure, not worth stopping for.
        byteCount &+= entry.size
        if entry.kind == .file { fileCount += 1 }
        if let full { try await store(full) }
        return nil
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
