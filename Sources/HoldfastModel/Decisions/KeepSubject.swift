/// What belongs together under retention: one source of one node of one cluster, by name and never by path. The cluster's name is the one
/// that the project file has now: a header may bear one from before it was renamed (`was:`).
package struct SnapshotGroup: Hashable, Comparable, Sendable {
    package let cluster: String
    package let node: String
    package let source: String

    package init(cluster: String, node: String, source: String) {
        self.cluster = cluster
        self.node = node
        self.source = source
    }

    package static func < (a: Self, b: Self) -> Bool {
        (a.cluster, a.node, a.source) < (b.cluster, b.node, b.source)
    }
}

extension SnapshotGroup: CustomStringConvertible {
    package var description: String { "\(cluster)/\(node)/\(source)" }
}

/// A snapshot as retention sees it: clear data alone, so that pruning needs no key.
package struct KeepSubject: Hashable, Sendable {
    package let id: SnapshotID
    package let group: SnapshotGroup
    package let time: Timestamp
    /// The expiry in force; nil: no date of its own.
    package var expires: Timestamp?
    /// Until when the store keeps it from being deleted.
    package var lockedUntil: Timestamp?
    /// Set by hand: no policy changes it.
    package var isEdited: Bool
    /// The schedule items that it served; none on demand.
    package var items: [String]
    package var holds: Set<String>
    package var tags: [String]
    package var isDamaged: Bool
    /// Made of a damaged snapshot by a repair, with that one's time: whatever has to choose between the two chooses the original.
    package var isSalvaged: Bool
    package var isInTrash: Bool
    /// Those of its envelopes.
    package var cmks: Set<CMK>

    package init(
        id: SnapshotID, group: SnapshotGroup, time: Timestamp, expires: Timestamp?, lockedUntil: Timestamp? = nil,
        isEdited: Bool = false,
        items: [String] = [], holds: Set<String> = [], tags: [String] = [], isDamaged: Bool = false, isSalvaged: Bool = false,
        isInTrash: Bool = false, cmks: Set<CMK>
    ) {
        self.id = id
        self.group = group
        self.time = time
        self.expires = expires
        self.lockedUntil = lockedUntil
        self.isEdited = isEdited
        self.items = items
        self.holds = holds
        self.tags = tags
        self.isDamaged = isDamaged
        self.isSalvaged = isSalvaged
        self.isInTrash = isInTrash
        self.cmks = cmks
    }

    /// A snapshot of `cluster`, whatever its header calls it. Nil for what has no readable manifest, or is being deleted: nothing is decided
    /// about it. Under compliance no record moves an expiry earlier, nor under what is demanded.
    package init?(_ log: SnapshotLog, in cluster: String, under compliance: Compliance? = nil) {
        guard let header = log.header else { return nil }
        switch log.state {
        case .live, .trash: break
        case .void, .open, .aborted, .deleting, .unreadable: return nil
        }
        self.init(
            id: log.id, group: SnapshotGroup(cluster: cluster, node: header.node, source: header.source),
            time: header.time, expires: log.expires(under: compliance), lockedUntil: log.lockedUntil, isEdited: log.isEdited,
            items: header.items,
            holds: log.holds, tags: header.tags, isDamaged: log.isDamaged, isSalvaged: header.salvaged != nil,
            isInTrash: log.condemnation != nil, cmks: Set(log.envelopes.map(\.cmk)))
    }
}
