import HoldfastModel

/// The packs of an owner without a log as a row: some 32 bytes a pack. It begins with the owner's id, so that a row never passes for
/// another's.
enum PackRow {
    static func encode(_ packs: [Digest], of id: SnapshotID) -> [UInt8] {
        var row = RowEncoder(capacity: packs.count * Digest.byteCount + 32)
        row.append(id)
        row.append(packs) { $0.append($1) }
        return row.sealed()
    }

    static func decode(_ bytes: [UInt8], of id: SnapshotID) throws(RowDamage) -> [Digest] {
        var row = try RowDecoder(sealed: bytes)
        guard try row.snapshotID() == id else { throw RowDamage() }
        let packs = try row.list { row throws(RowDamage) in try row.digest() }
        try row.finish()
        return packs
    }
}
