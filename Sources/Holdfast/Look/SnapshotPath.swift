import HoldfastModel

/// A place as users write it: `SNAPSHOT:PATH`, or a snapshot alone for all of it.
package struct SnapshotPath: Hashable, Sendable {
    /// An id, a prefix of one, or `latest`.
    package let snapshot: String
    /// From the root, without slashes at its ends; empty is the whole snapshot.
    package let path: [UInt8]

    package init(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        snapshot = parts[0]
        let clean = LexicalPath.absolute(parts.count == 2 ? parts[1] : "", from: "/")
        path = Array(clean.utf8.dropFirst())
    }
}
