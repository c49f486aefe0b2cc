import GRDB
package import HoldfastModel

extension Catalog {
    /// All snapshots in the order of their ids.
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

    /// Keeps what was read of the store, or read further, in one transaction.
    package func store(_ snapshots: [CachedSnapshot]) {
        attempt(or: ()) { queue in
            try queue.write { database in
                let insertion = try database.cachedStatement(sql: "INSERT OR REPLACE INTO snapshot VALUES (?, ?)")
                for snapshot in snapshots { try insertion.execute(arguments: [Blob(snapshot.id.bytes), Blob(snapshot.row)]) }
            }
        }
    }

    /// Lets go of snapshots that the store no longer has.
    package func remove(_ ids: some Sequence<SnapshotID>) {
        attempt(or: ()) { queue in
            try queue.write { database in
                let deletion = try database.cachedStatement(sql: "DELETE FROM snapshot WHERE id = ?")
                for id in ids { try deletion.execute(arguments: [Blob(id.bytes)]) }
            }
        }
    }
}
