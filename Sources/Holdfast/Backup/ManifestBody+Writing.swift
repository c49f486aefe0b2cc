import HoldfastFormat
import HoldfastModel

extension ManifestBody {
    /// The body of what is listed and stored so far: of a checkpoint, with what is not listed yet, and in the end of the manifest.
    init(
        of request: BackupRequest, base: OpenedSnapshot?, lineage: borrowing Lineage, listing: borrowing ListingWriter,
        unlisted: UnlistedWork? = nil, packs: consuming UsedPacks, barrier: Int?
    ) {
        let (next, uses) = (packs.nextPackNumber, packs.uses)
        let source = SourceDescription(
            name: request.source, paths: request.contents.roots, kind: request.kind, listing: listing.index,
            entryCount: listing.entryCount, byteCount: listing.byteCount)
        self.init(
            packKeys: packs.packKeys, lineage: lineage.copy(), nextPackNumber: next,
            parent: base.map { .init(id: $0.id, clearDigest: $0.clearDigest) }, source: source, barrier: barrier,
            packUses: uses, unlisted: unlisted)
    }
}
