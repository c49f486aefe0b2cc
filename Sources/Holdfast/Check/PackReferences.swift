import HoldfastModel

/// Every pack that any snapshot refers to, once. Of a million it takes some 60 MB, where a dictionary takes 300.
struct PackReferences {
    private var packs = SortedPacks()
    private var numberOfOwner: [SnapshotID: UInt32] = [:]
    /// Open addressing by the pack's id: 0, or 1 + the number of its row. A power of two of them, and at most half in use.
    private var slots = [UInt32](repeating: 0, count: 16)

    mutating func add(_ pack: PackEntry, of snapshot: SnapshotID, _ findings: CheckFindings) {
        guard let known = insert(pack), known.byteCount != pack.byteCount else { return }
        // A copy may stand under another owner too; one pack has but one length.
        let message = "it has \(pack.byteCount) bytes for snapshot \(snapshot), and \(known.byteCount) for another"
        findings.add(CheckError("\(pack.name)", .inconsistent, message), touching: snapshot)
    }

    /// By owner and id.
    consuming func sorted() -> SortedPacks {
        packs.sort()
        return packs
    }

    /// The pack of that id that was there already.
    private mutating func insert(_ pack: PackEntry) -> PackEntry? {
        var slot = slot(of: pack.id)
        while slots[slot] != 0 {
            let row = Int(slots[slot]) - 1
            if packs.id(at: row) == pack.id { return packs[row] }
            slot = (slot + 1) & (slots.count - 1)
        }
        packs.append(pack, owner: number(of: pack.owner))
        slots[slot] = UInt32(packs.count)
        if packs.count > slots.count / 2 { growSlots() }
        return nil
    }

    private func slot(of id: Digest) -> Int { id.hashValue & (slots.count - 1) }

    private mutating func growSlots() {
        slots = [UInt32](repeating: 0, count: 2 * slots.count)
        for row in packs.indices {
            var slot = slot(of: packs.id(at: row))
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(row + 1)
        }
    }

    private mutating func number(of owner: SnapshotID) -> UInt32 {
        if let number = numberOfOwner[owner] { return number }
        let number = packs.addOwner(owner)
        numberOfOwner[owner] = number
        return number
    }
}
