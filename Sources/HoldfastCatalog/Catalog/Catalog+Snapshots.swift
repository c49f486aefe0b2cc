import GRDB
package import HoldfastModel

extension Catalog {
    /// All snapshots in the order of their ids, without their pack tables.
    package func snapshots() -> [CachedSnapshot] {
        attempt(or: []) { queue in
            try queue.read { database in
                var snapshots: [CachedSnapshot] = []
                let texts = TextPool()
                let rows = try Row.fetchCursor(try database.cachedStatement(sql: "SELECT log FROM snapshot ORDER BY id"))
                while let row = try rows.next() {
                    guard let bytes = try row.bytes(atIndex: 0) else { throw RowDamage() }
                    snapshots.append(try CachedSnapshot(row: bytes, texts: texts))
                }
                return snapshots
            }
        }
    }

    /// Keeps what was read of the store, or read further, in one transaction; a pack table that is nil stays as it is.
    package func store(_ batch: [(snapshot: CachedSnapshot, packs: [PackEntry]?)]) {
        attempt(or: ()) { queue in
            try queue.write { database in
                let snapshot = try database.cachedStatement(sql: "INSERT OR REPLACE INTO snapshot VALUES (?, ?)")
                let table = try database.cachedStatement(sql: "INSERT OR REPLACE INTO pack_table VALUES (?, ?)")
                for entry in batch {
                    let id = Blob(entry.snapshot.id.bytes)
                    try snapshot.execute(arguments: [id, Blob(entry.snapshot.row)])
                    if let packs = entry.packs {
                        try table.execute(arguments: [id, Blob(PackRow.encode(packs, of: entry.snapshot.id))])
                    }
                }
            }
        }
    }

    /// Lets go of snapshots that the store no longer has, with their pack tables.
    package func remove(_ ids: some Sequence<SnapshotID>) {
        attempt(or: ()) { queue in
            try queue.write { database in
                let snapshot = try database.cachedStatement(sql: "DELETE FROM snapshot WHERE id = ?")
                let table = try database.cachedStatement(sql: "DELETE FROM pack_table WHERE id = ?")
                for id in ids {
                    try snapshot.execute(arguments: [Blob(id.bytes)])
                    try table.execute(arguments: [Blob(id.bytes)])
                }
            }
        }
    }
}
