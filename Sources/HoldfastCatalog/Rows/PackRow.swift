import HoldfastModel

/// Pack tables, and the packs of an owner without a log, as rows: some 52 bytes a pack, and 32. Each begins with the id of its
/// snapshot, so that a row never passes for another's.
enum PackRow {
    private static let byteCountOfEntry = 32 + 16 + 8

    static func encode(_ table: [PackEntry], of id: SnapshotID) -> [UInt8] {
        var row = RowEncoder(capacity: table.count * byteCountOfEntry + 32)
        row.append(id)
        row.append(table) { row, entry in
            row.append(entry.id)
            row.append(entry.owner)
            row.append(entry.byteCount)
        }
        return row.sealed()
    }

    static func encode(_ packs: [Digest], of id: SnapshotID) -> [UInt8] {
        var row = RowEncoder(capacity: packs.count * Digest.byteCount + 32)
        row.append(id)
        row.append(packs) { $0.append($1) }
        return row.sealed()
    }

    static func decodeTable(_ bytes: [UInt8], of id: SnapshotID) throws(RowDamage) -> [PackEntry] {
        try decode(bytes, of: id) { row throws(RowDamage) in
            PackEntry(id: try row.digest(), owner: try row.snapshotID(), byteCount: try row.number())
        }
    }

    static func decodePacks(_ bytes: [UInt8], of id: SnapshotID) throws(RowDamage) -> [Digest] {
        try decode(bytes, of: id) { row throws(RowDamage) in try row.digest() }
    }

    private static func decode<Value>(
        _ bytes: [UInt8], of id: SnapshotID, _ value: (inout RowDecoder) throws(RowDamage) -> Value
    ) throws(RowDamage) -> [Value] {
        var row = try RowDecoder(sealed: bytes)
        guard try row.snapshotID() == id else { throw RowDamage() }
        let values = try row.list(value)
        try row.finish()
        return values
    }
}
