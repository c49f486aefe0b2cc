import HoldfastFormat
import HoldfastModel

/// What a backup asks of its base: the entry of a path, and whether chunks are known.
struct BaseComparison: ~Copyable {
    private let snapshot: OpenedSnapshot?
    private let chunks: ChunkWriter
    private var listing: BaseListing?
    private var isIndexed = false

    init(_ snapshot: OpenedSnapshot?, chunks: ChunkWriter) {
        self.snapshot = snapshot
        self.chunks = chunks
        if let snapshot { listing = BaseListing(snapshot) }
        for chunk in snapshot?.body.source.listing ?? [] { chunks.index.insert(chunk.reference) }
    }

    /// The base's entry of this path. Paths must come in ascending order.
    mutating func entry(at path: [UInt8]) async throws(HoldfastError) -> Entry? {
        try await listing?.entry(at: path)
    }

    /// The base's entry as it is listed again, where nothing says that the file changed: same kind, size, times and inode,
    /// and not *racy*. Its references, attributes and names are the base's.
    static func unchanged(_ walked: Entry, _ known: Entry) -> Entry? {
        guard isSameFile(walked, known), !known.isRacy else { return nil }
        var entry = known
        entry.device = walked.device
        return entry
    }

    static func isSameFile(_ a: Entry, _ b: Entry) -> Bool {
        a.kind == b.kind && a.size == b.size && a.modified == b.modified && a.changed == b.changed && a.inode == b.inode
    }

    /// The manifest must list the packs of what is carried over.
    func markUsed(_ entry: Entry) async throws(HoldfastError) {
        guard let snapshot else { return }
        for xattr in entry.xattrs {
            if case .ref(let packed) = xattr.value { chunks.registry.markUsed(try snapshot.references(packed, of: entry)) }
        }
        switch entry.content {
        case .refs(let packed): chunks.registry.markUsed(try snapshot.references(packed, of: entry))
        case .refLists(let packed):
            chunks.registry.markUsed(try snapshot.references(packed, of: entry))
            try await snapshot.forEachReference(of: entry, with: snapshot.makeOpener()) { reference throws(HoldfastError) in
                chunks.registry.markUsed(reference.packNumber)
            }
        }
    }

    /// Makes the base's chunks known, once, when the first file has to be read: a backup of nothing new never pays for it.
    mutating func indexChunks() async throws(HoldfastError) {
        guard !isIndexed, let snapshot else { return }
        isIndexed = true
        let opener = snapshot.makeOpener()
        var reader = ListingReader(snapshot)
        while let entry = try await reader.next() {
            try await snapshot.forEachReference(of: entry, with: opener) { reference throws(HoldfastError) in
                chunks.index.insert(reference)
            }
        }
    }
}
