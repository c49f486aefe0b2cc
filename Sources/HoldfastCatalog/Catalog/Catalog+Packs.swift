import GRDB
package import HoldfastModel

extension Catalog {
    /// The pack table of a snapshot's manifest; nil where it is not cached, and must be read from the store.
    package func packTable(of id: SnapshotID) -> [PackEntry]? { packTables(of: [id]).first ?? nil }

    /// Calls `body` once for each id, in order; without a table where it is not cached, and must be read from the store.
    ///
    /// Holds the tables of a few snapshots at a time; `body` may use the catalog.
    package func forEachPackTable<Failure: Error>(
        of ids: [SnapshotID], _ body: (SnapshotID, [PackEntry]?) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = ids[...]
        while !rest.isEmpty {
            let batch = rest.prefix(64)
            rest = rest.dropFirst(batch.count)
            let tables = packTables(of: batch)
            for (offset, id) in batch.enumerated() { try body(id, tables[offset]) }
        }
    }

    /// One answer for each id: a failure in the middle of a batch answers for all of it.
    private func packTables(of ids: ArraySlice<SnapshotID>) -> [[PackEntry]?] {
        attempt(or: ids.map { _ in nil }) { queue in
            try queue.read { database in
                let statement = try database.cachedStatement(sql: "SELECT packs FROM pack_table WHERE id = ?")
                return try ids.map { id in
                    let row = try Blob.fetchOne(statement, arguments: [Blob(id.bytes)])
                    return try row.map { try PackRow.decodeTable($0.bytes, of: id) }
                }
            }
        }
    }
}
