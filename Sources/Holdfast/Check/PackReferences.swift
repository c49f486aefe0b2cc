import HoldfastModel

/// Every pack that any snapshot refers to, once.
struct PackReferences {
    /// By pack id.
    private(set) var packs: [Digest: PackEntry] = [:]
    /// Those whose bytes were read and held against their name.
    var read: Set<Digest> = []

    var byOwner: [SnapshotID: [PackEntry]] { Dictionary(grouping: packs.values, by: \.owner) }

    mutating func add(_ pack: PackEntry, of snapshot: SnapshotID, _ findings: CheckFindings) {
        guard let known = packs[pack.id] else {
            packs[pack.id] = pack
            return
        }
        // A copy may stand under another owner too; one pack has but one length.
        guard known.byteCount == pack.byteCount else {
            let message = "it has \(pack.byteCount) bytes for snapshot \(snapshot), and \(known.byteCount) for another"
            findings.add(CheckError("\(pack.name)", .inconsistent, message), touching: snapshot)
            return
        }
    }
}
