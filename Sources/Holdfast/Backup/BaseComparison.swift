import HoldfastFormat
import HoldfastModel

/// What a backup asks of what was stored before: the entry of a path, and whether chunks are known.
///
/// Before the base stands, where a backup is resumed, what the interrupted run had listed.
struct BaseComparison: ~Copyable {
    /// An entry, and the snapshot whose packs its references name.
    struct Known {
        let entry: Entry
        let snapshot: OpenedSnapshot
    }

    /// A file of which a beginning was stored, and the snapshot whose packs its references name.
    struct Unfinished {
        let file: UnfinishedFile
        let snapshot: OpenedSnapshot
    }

    private let snapshots: [OpenedSnapshot]
    private var unfinished: [[UInt8]: Unfinished] = [:]
    /// The paths of those that the walk has not come to, the next one last.
    private var unfinishedAhead: [[UInt8]] = []
    private let chunks: ChunkWriter
    private var listings: [BaseListing]
    private var isIndexed = false

    init(_ snapshots: [OpenedSnapshot], chunks: ChunkWriter) {
        self.snapshots = snapshots
        self.chunks = chunks
        listings = snapshots.map { BaseListing($0) }
        for snapshot in snapshots {
            for chunk in snapshot.body.source.listing { Self.offer(chunk.reference, to: chunks) }
            for file in snapshot.body.unlisted?.files ?? [] {
                unfinished[file.entry.path] = Unfinished(file: file, snapshot: snapshot)
            }
        }
        unfinishedAhead = unfinished.keys.sorted { PathOrder.precedes($1, $0) }
    }

    /// Whether all that an interrupted run had listed, or begun, is behind, if there was one.
    var isPastCheckpoint: Bool {
        unfinishedAhead.isEmpty
            && zip(snapshots, listings).allSatisfy { snapshot, listing in snapshot.body.unlisted == nil || listing.isAtEnd }
    }

    /// What people should hear of the base; nil where there is nothing.
    var note: String? {
        let count = listings.reduce(0) { $0 + $1.lostChunkCount }
        guard count > 0 else { return nil }
        return
            "\(count) of the chunks that list the base cannot be read: its files there were read again (holdfast check --repair)"
    }

    /// The file of this path that was on its way when the backup was interrupted.
    func unfinishedFile(at path: [UInt8]) -> Unfinished? { unfinished[path] }

    /// The entry of this path that was stored last. Paths must come in ascending order.
    mutating func entry(at path: [UInt8]) async throws(HoldfastError) -> Known? {
        while let next = unfinishedAhead.last, !PathOrder.precedes(path, next) { unfinishedAhead.removeLast() }
        for (listing, snapshot) in zip(listings, snapshots) {
            if let entry = try await listing.entry(at: path) { return Known(entry: entry, snapshot: snapshot) }
        }
        return nil
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

    /// Makes the base's chunks known, once, when the first file has to be read: a backup of nothing new never pays for it.
    mutating func indexChunks() async throws(HoldfastError) {
        guard !isIndexed else { return }
        isIndexed = true
        for snapshot in snapshots { try await index(snapshot) }
    }

    private func index(_ snapshot: OpenedSnapshot) async throws(HoldfastError) {
        let opener = snapshot.makeOpener()
        let listing = BaseListing(snapshot)
        while let entry = try await listing.next() { try await index(entry, of: snapshot, with: opener) }
        for file in snapshot.body.unlisted?.files ?? [] {
            try await index(file.entry, of: snapshot, with: opener)
            for reference in try snapshot.references(file.references, of: file.entry) { Self.offer(reference, to: chunks) }
        }
    }

    private func index(
        _ entry: Entry, of snapshot: OpenedSnapshot, with opener: borrowing ChunkOpener
    ) async throws(HoldfastError) {
        do throws(HoldfastError) {
            try await snapshot.forEachReference(of: entry, with: opener) { reference throws(HoldfastError) in
                Self.offer(reference, to: chunks)
            }
        } catch  where error.isUnreadable {
            // What is not known is stored anew.
        }
    }

    /// What may not be referred to is not known either: it is stored anew.
    static func offer(_ reference: ChunkReference, to chunks: ChunkWriter) {
        if chunks.registry.mayRefer(to: reference.packNumber) { chunks.index.insert(reference) }
    }
}
