/// What a manifest's body says of its source: what was stored, and where the listing's chunks are.
package struct SourceDescription: Hashable, Sendable {
    package enum Kind: UInt64, Sendable { case files = 1, database }

    /// One listing chunk: the path of its first entry, and where it lies.
    package struct ListingChunk: Hashable, Sendable {
        package let firstPath: [UInt8]
        package let reference: ChunkReference

        package init(firstPath: [UInt8], reference: ChunkReference) {
            self.firstPath = firstPath
            self.reference = reference
        }
    }

    package let name: String
    /// The source's paths from the root, raw bytes without the leading slash.
    package let paths: [[UInt8]]
    package let kind: Kind
    package let listing: [ListingChunk]
    package let entryCount: UInt64
    package let byteCount: UInt64

    package init(
        name: String, paths: [[UInt8]], kind: Kind, listing: [ListingChunk], entryCount: UInt64, byteCount: UInt64
    ) {
        self.name = name
        self.paths = paths
        self.kind = kind
        self.listing = listing
        self.entryCount = entryCount
        self.byteCount = byteCount
    }
}
