import HoldfastFormat
import HoldfastModel

/// Brings the references of batches that were stored in any order into the file's order, and packs them: into the entry, or
/// into list chunks where there are too many.
struct ReferenceCollector {
    private let chunks: ChunkWriter
    private var early: [Int: [ChunkReference]] = [:]
    private var next = 0
    private var cutter = ReferenceListCutter()
    private var lists: [ChunkReference] = []

    init(_ chunks: ChunkWriter) { self.chunks = chunks }

    mutating func add(_ references: [ChunkReference], ofBatch index: Int) async throws(HoldfastError) {
        early[index] = references
        while let due = early.removeValue(forKey: next) {
            next += 1
            try await append(due)
        }
    }

    /// For those who have them in order.
    mutating func append(_ references: [ChunkReference]) async throws(HoldfastError) {
        for reference in references {
            if let list = cutter.add(reference) { try await store(list) }
        }
    }

    /// The content once all batches were added.
    mutating func finish() async throws(HoldfastError) -> FileContent {
        let rest = cutter.finish()
        guard !lists.isEmpty || rest.count > ReferenceListCutter.maximumInlineByteCount else { return .refs(rest) }
        if !rest.isEmpty { try await store(rest) }
        return .refLists(ChunkReferences.encode(lists))
    }

    private mutating func store(_ list: [UInt8]) async throws(HoldfastError) {
        lists.append(try await chunks.store(list, list.indices, domain: .referenceList))
    }
}
