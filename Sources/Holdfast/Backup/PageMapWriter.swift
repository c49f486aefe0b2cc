import HoldfastFormat
import HoldfastModel

/// Takes the hashes of a file's pages in their order and stores them as the chunks of its map.
struct PageMapWriter {
    /// That an entry stays within its limit. Files beyond some 40 TiB have no map.
    private static let maximumByteCount = 1 << 20

    private let chunks: ChunkWriter
    private let shape: PageMap.Shape
    /// Of the chunk at hand, from its first page on.
    private var hashes: [PageHash] = []
    private var firstPage = 0
    private var references: [ChunkReference] = []
    /// How many pages of the file the chunks that are stored tell of.
    private var storedPageCount = 0

    init(_ chunks: ChunkWriter, _ shape: PageMap.Shape) {
        self.chunks = chunks
        self.shape = shape
    }

    /// Goes on with the map of a file's beginning. Nil where it has none, one of another shape, or one whose chunks do not follow one another.
    init?(_ chunks: ChunkWriter, _ shape: PageMap.Shape, after beginning: FileBeginning) {
        guard let open = beginning.openPageMap, open.map.shape == shape else { return nil }
        self.init(chunks, shape)
        for reference in beginning.pageMap {
            let (end, overflow) = storedPageCount.addingReportingOverflow(Int(clamping: reference.hole))
            guard !overflow, end <= open.firstPage - shape.pageCount else { return nil }
            storedPageCount = end + shape.pageCount
        }
        (hashes, firstPage, references) = (open.map.hashes, open.firstPage, beginning.pageMap)
    }

    /// To the chunks of the map that are stored.
    var packedReferences: [UInt8] { ChunkReferences.encode(references) }

    /// The chunk at hand; nil before the first page.
    var openMap: UnfinishedFile.OpenPageMap? {
        hashes.isEmpty ? nil : UnfinishedFile.OpenPageMap(PageMap(shape, hashes), firstPage: firstPage)
    }

    /// Adds the hash of a page that comes after all that were added. Pages that are left out have none.
    mutating func add(_ hash: PageHash, ofPage page: Int) async throws(HoldfastError) {
        if page >= firstPage + shape.pageCount {
            try await store()
            firstPage = page - page % shape.pageCount
        }
        while firstPage + hashes.count < page { hashes.append(.none) }
        hashes.append(hash)
    }

    /// Packed references to the chunks of the map.
    mutating func finish() async throws(HoldfastError) -> [UInt8] {
        try await store()
        let packed = packedReferences
        return packed.count <= Self.maximumByteCount ? packed : []
    }

    private mutating func store() async throws(HoldfastError) {
        guard !hashes.isEmpty else { return }
        let bytes = PageMap(shape, hashes).bytes
        var reference = try await chunks.store(bytes, bytes.indices, domain: .pageMap)
        reference.hole = UInt64(firstPage - storedPageCount)
        references.append(reference)
        storedPageCount = firstPage + shape.pageCount
        hashes.removeAll(keepingCapacity: true)
    }
}
