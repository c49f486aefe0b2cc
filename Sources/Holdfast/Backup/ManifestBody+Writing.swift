import HoldfastFormat
import HoldfastModel

extension ManifestBody {
    /// The body of what is listed and stored so far: of a checkpoint, and in the end of the manifest.
    init(
        of request: BackupRequest, base: OpenedSnapshot?, lineage: borrowing Lineage, listing: borrowing ListingWriter,
        packs: PackRegistry, barrier: Int?
    ) throws(HoldfastError) {
        let used = try packs.used()
        let next = used.nextPackNumber
        let source = SourceDescription(
            name: request.source, paths: request.contents.roots, kind: request.kind, listing: listing.index,
            entryCount: listing.entryCount, byteCount: listing.byteCount)
        self.init(
            packKeys: used.packKeys, lineage: lineage.copy(), nextPackNumber: next,
            parent: base.map { .init(id: $0.id, clearDigest: $0.clearDigest) }, source: source, barrier: barrier,
            packUses: used.uses)
    }
}
