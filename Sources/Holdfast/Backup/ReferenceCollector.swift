import HoldfastFormat
import HoldfastModel

/// Brings the references of batches that were stored in any order into the file's order, and packs them: into the entry, or
/// into list chunks where there are too many. Throws `.unwritable` where those are more than an entry can name.
struct ReferenceCollector {
    private let chunks: ChunkWriter
    private let path: [UInt8]
    private var early: [Int: [ChunkReference]] = [:]
    private var next = 0
    private var cutter: ReferenceListCutter
    /// Packed references to the lists that are stored.
    private var lists: [UInt8]
    /// Where in the file what was added ends: a number of bytes, holes included.
    private(set) var position: Int

    /// Of the file at `path`; goes on behind `beginning`, if there is one.
    init(_ chunks: ChunkWriter, of path: [UInt8], after beginning: FileBeginning? = nil) {
        self.chunks = chunks
        self.path = path
        cutter = ReferenceListCutter(beginning?.references ?? [])
        lists = ChunkReferences.encode(beginning?.lists ?? [])
        position = beginning?.byteCount ?? 0
    }

    /// The lists that are stored, as an entry has them.
    var storedLists: FileContent { lists.isEmpty ? .refs([]) : .refLists(lists) }

    /// The packed references that come after those of the stored lists.
    var openList: [UInt8] { cutter.bytes }

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
            position &+= Int(clamping: reference.hole) &+ reference.byteCount
            if let list = cutter.add(reference) { try await store(list) }
        }
    }

    /// The content once all batches were added.
    mutating func finish() async throws(HoldfastError) -> FileContent {
        let rest = cutter.finish()
        guard !lists.isEmpty || rest.count > ReferenceListCutter.maximumInlineByteCount else { return .refs(rest) }
        if !rest.isEmpty { try await store(rest) }
        return storedLists
    }

    private mutating func store(_ list: [UInt8]) async throws(HoldfastError) {
        lists += ChunkReferences.encode([try await chunks.store(list, list.indices, domain: .referenceList)])
        guard lists.count <= EntryCodec.maximumListsByteCount else {
            throw .unwritable(path.displayPath, detail: "it is in more parts than an entry can name")
        }
    }
}
