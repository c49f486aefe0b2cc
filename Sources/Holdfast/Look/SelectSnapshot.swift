import HoldfastModel

/// Finds the snapshot that a user names: by its id, a prefix of 8 or more of its hex digits, or as `latest`.
package struct SelectSnapshot: Sendable {
    private static let minimumPrefix = 8

    private let node: String?
    private let tags: [String]

    /// - Parameters:
    ///   - node: narrows `latest` to one node.
    ///   - tags: narrows `latest` to snapshots that bear all of them.
    package init(node: String? = nil, tags: [String] = []) {
        self.node = node
        self.tags = tags
    }

    /// Only what has a manifest can be named; what is being deleted cannot.
    package func select(_ name: String, among views: [SnapshotView]) throws(HoldfastError) -> SnapshotView {
        let existing = views.filter { $0.log.exists }
        if name == "latest" { return try latest(existing) }
        guard name.utf8.count >= Self.minimumPrefix, name.utf8.count <= 32, name.utf8.allSatisfy(Self.isHexDigit) else {
            throw .usage(
                "a snapshot is named by 8 or more hex digits of its id, or as latest, not as '\(name)'",
                object: name)
        }
        let found = existing.filter { $0.id.hex.hasPrefix(name) }
        guard let only = found.first else { throw .noSuchSnapshot(name) }
        guard found.count == 1 else { throw .ambiguousSnapshot(name, found.map(\.id)) }
        return only
    }

    /// The newest that is live; what is in the trash was meant to go.
    private func latest(_ views: [SnapshotView]) throws(HoldfastError) -> SnapshotView {
        let candidates = views.filter { $0.log.state == .live && fits($0) }
        guard let newest = candidates.max(by: { Self.order($0) < Self.order($1) }) else {
            throw .noSuchSnapshot("latest\(node.map { " of \($0)" } ?? "")\(tags.map { " tagged \($0)" }.joined())")
        }
        return newest
    }

    private func fits(_ view: SnapshotView) -> Bool {
        guard let header = view.log.header else { return false }
        return node.map { $0 == header.node } ?? true && tags.allSatisfy(header.tags.contains)
    }

    private static func order(_ view: SnapshotView) -> (Timestamp, Timestamp, SnapshotID) {
        let zero = Timestamp(seconds: 0)
        return (view.log.header?.time ?? zero, view.log.header?.finished ?? zero, view.id)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
