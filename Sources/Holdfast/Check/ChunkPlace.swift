import HoldfastFormat
package import HoldfastModel

/// A chunk where it lies: what is found of it for one snapshot is so for all.
package struct ChunkPlace: Hashable, Sendable {
    package let pack: Digest
    package let offset: UInt32
    package let hash: Digest

    init(_ reference: ChunkReference, in pack: PackEntry) {
        (self.pack, offset, hash) = (pack.id, reference.offset, reference.hash)
    }
}
