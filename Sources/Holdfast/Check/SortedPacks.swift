import HoldfastModel

/// Packs in 40 bytes each.
struct SortedPacks: RandomAccessCollection, Sendable {
    private struct Row {
        let id: Digest
        let owner: UInt32
        /// A pack has at most 256 MiB.
        let byteCount: UInt32
    }

    private var rows: [Row] = []
    private var owners: [SnapshotID] = []

    var startIndex: Int { 0 }
    var endIndex: Int { rows.count }

    subscript(row: Int) -> PackEntry {
        PackEntry(id: rows[row].id, owner: owners[Int(rows[row].owner)], byteCount: Int(rows[row].byteCount))
    }

    func id(at row: Int) -> Digest { rows[row].id }

    /// The number under which its packs are appended.
    mutating func addOwner(_ owner: SnapshotID) -> UInt32 {
        owners.append(owner)
        return UInt32(owners.count - 1)
    }

    mutating func append(_ pack: PackEntry, owner: UInt32) {
        rows.append(Row(id: pack.id, owner: owner, byteCount: UInt32(pack.byteCount)))
    }

    /// By owner and id: by their names.
    mutating func sort() {
        let owners = owners
        rows.sort { a, b in a.owner == b.owner ? a.id < b.id : owners[Int(a.owner)] < owners[Int(b.owner)] }
    }

    /// Where each owner's packs stand once they are sorted.
    var byOwner: [(owner: SnapshotID, rows: Range<Int>)] {
        var runs: [(owner: SnapshotID, rows: Range<Int>)] = []
        var start = 0
        while start < rows.count {
            let owner = rows[start].owner
            let end = rows[start...].firstIndex { $0.owner != owner } ?? rows.count
            runs.append((owners[Int(owner)], start..<end))
            start = end
        }
        return runs
    }
}
