import ArgumentParser
import HoldfastModel

/// `SNAPSHOT` or `SNAPSHOT:PATH` of a command line.
struct SnapshotPath: Hashable, Sendable, ExpressibleByArgument {
    /// An id, a prefix of one, or `latest`.
    let snapshot: String
    /// From the root, without outer slashes; empty is the whole tree.
    let path: [UInt8]

    /// Nil where no snapshot is named.
    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        snapshot = String(name)
        path = Array(LexicalPath.absolute(parts.count > 1 ? String(parts[1]) : "", from: "").utf8.dropFirst())
    }
}
