package import HoldfastModel

/// The sealed body of a manifest: the key of every pack that the snapshot refers to, and what leads to its listing.
package struct ManifestBody: ~Copyable, Sendable {
    package let packKeys: PackKeys
    package let lineage: Lineage
    /// The number that the next new pack of this lineage gets.
    package let nextPackNumber: UInt32
    /// The base and the SHA-256 of its clear part.
    package let parent: Parent?
    package let source: SourceDescription
    /// The newest barrier of the key log under which the snapshot was taken.
    package let barrier: Int?
    /// The snapshot of another repository that this one is a copy of.
    package let copiedFrom: Origin?
    /// What the snapshot uses of each pack, by pack number; nil where its writer did not say. A hint for writers: nothing else rests on it.
    package let packUses: [UInt32: PackUse]?
    /// What a checkpoint says besides; nil in a manifest.
    package let unlisted: UnlistedWork?

    package struct Origin: Hashable, Sendable {
        package let repository: RepositoryID
        package let snapshot: SnapshotID

        package init(repository: RepositoryID, snapshot: SnapshotID) {
            self.repository = repository
            self.snapshot = snapshot
        }
    }

    package struct Parent: Hashable, Sendable {
        package let id: SnapshotID
        package let clearDigest: Digest

        package init(id: SnapshotID, clearDigest: Digest) {
            self.id = id
            self.clearDigest = clearDigest
        }
    }

    package init(
        packKeys: consuming PackKeys, lineage: consuming Lineage, nextPackNumber: UInt32, parent: Parent?,
        source: SourceDescription, barrier: Int?, copiedFrom: Origin? = nil, packUses: [UInt32: PackUse]? = nil,
        unlisted: UnlistedWork? = nil
    ) {
        self.packKeys = packKeys
        self.lineage = lineage
        self.nextPackNumber = nextPackNumber
        self.parent = parent
        self.source = source
        self.barrier = barrier
        self.copiedFrom = copiedFrom
        self.packUses = packUses
        self.unlisted = unlisted
    }
}
