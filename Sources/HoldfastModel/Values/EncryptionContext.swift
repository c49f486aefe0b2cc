/// What a wrapped key is bound to: named pairs that a reader always builds anew and that the key manager compares.
///
/// Pairs and their names: `docs/FORMAT.md`, section 5.
package struct EncryptionContext: Hashable, Sendable {
    package enum Kind: String, Sendable { case manifest, checkpoint }

    package let pairs: [String: String]

    package init(
        project: String, cluster: String, repository: RepositoryID, snapshot: SnapshotID, node: String, kind: Kind
    ) {
        pairs = [
            "holdfast:v": "1",
            "holdfast:project": project,
            "holdfast:cluster": cluster,
            "holdfast:repository": repository.hex,
            "holdfast:snapshot": snapshot.hex,
            "holdfast:node": node,
            "holdfast:kind": kind.rawValue,
        ]
    }

    package var project: String { pairs["holdfast:project"] ?? "" }

    /// One byte string for one context: pairs sorted by name, before each name and each value its length as u32.
    package var canonicalBytes: [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in pairs.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            for text in [name, value] {
                UInt32(text.utf8.count).appendBigEndian(to: &bytes)
                bytes += text.utf8
            }
        }
        return bytes
    }
}
