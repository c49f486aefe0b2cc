import HoldfastModel

/// The share of an owner without a log as a row. It begins with the owner's id, so that a row never passes for another's.
extension PackShare {
    func row(of id: SnapshotID) -> [UInt8] {
        var row = RowEncoder(capacity: 40)
        row.append(id)
        row.append(count)
        row.append(mix)
        return row.sealed()
    }

    init(row bytes: [UInt8], of id: SnapshotID) throws(RowDamage) {
        var row = try RowDecoder(sealed: bytes)
        guard try row.snapshotID() == id else { throw RowDamage() }
        self.init(count: try row.number(), mix: try row.unsigned())
        try row.finish()
    }
}
