import HoldfastFormat
package import HoldfastModel

/// The chunks that a check could not open where they lie, or that lie nowhere any more; and the packs that have something wrong with them.
package struct ChunkLosses: Sendable {
    package internal(set) var chunks: Set<ChunkPlace> = []
    /// Chunks of theirs may be whole.
    package internal(set) var packs: Set<Digest> = []

    /// Whether a chunk is lost; one that no pack of the snapshot is said to hold is.
    func contains(_ reference: ChunkReference, of snapshot: OpenedSnapshot) -> Bool {
        guard let pack = snapshot.body.packKeys.entry(reference.packNumber) else { return true }
        return chunks.contains(ChunkPlace(reference, in: pack))
    }
}
