package import HoldfastModel

/// One path that two snapshots do not have in common.
package struct SnapshotChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case added = "+"
        case removed = "-"
        /// Other bytes, or another link target.
        case modified = "M"
        /// The same bytes under other metadata: owner, mode, times, extended attributes.
        case metadata = "U"
        /// Perhaps other bytes, under the same size and mtime: the ctime is another, and hashes cannot be compared.
        case uncertain = "?"
        /// A file became a directory, and the like.
        case type = "T"
    }

    package let kind: Kind
    /// The newer entry; of what was removed the older.
    package let entry: Entry
}

/// How much of each kind there was.
package struct DifferenceCounts: Hashable, Sendable {
    package var counts: [SnapshotChange.Kind: Int] = [:]
    /// Sizes of files that were added or changed, as they are now.
    package var addedByteCount: UInt64 = 0
    /// Sizes of files that were removed or changed, as they were.
    package var removedByteCount: UInt64 = 0

    package func count(_ kind: SnapshotChange.Kind) -> Int { counts[kind] ?? 0 }
}
