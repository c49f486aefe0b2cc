import GRDB
package import HoldfastModel

/// Owners without a log whose packs live on in other snapshots: they are listed again only when one of these packs leaves
/// the keep set (`docs/PROTOCOL.md`, section 8, ruling 7). To forget them costs listings, never a pack.
extension Catalog {
    package func rememberOwner(_ id: SnapshotID, packs: [Digest]) {
        attempt(or: ()) { queue in
            try queue.write { database in
                try database.cachedStatement(sql: "INSERT OR REPLACE INTO owner VALUES (?, ?)")
                    .execute(arguments: [Blob(id.bytes), Blob(PackRow.encode(packs, of: id))])
            }
        }
    }

    package func rememberedOwners() -> [SnapshotID: [Digest]] {
        attempt(or: [:]) { queue in
            try queue.read { database in
                var owners: [SnapshotID: [Digest]] = [:]
                let rows = try Row.fetchCursor(try database.cachedStatement(sql: "SELECT id, packs FROM owner"))
                while let row = try rows.next() {
                    let (key, packs): (Blob, Blob) = try (row.decode(atIndex: 0), row.decode(atIndex: 1))
                    guard let id = SnapshotID(bytes: key.bytes.span) else { throw RowDamage() }
                    owners[id] = try PackRow.decode(packs.bytes, of: id)
                }
                return owners
            }
        }
    }

    package func forgetOwners(_ ids: some Sequence<SnapshotID>) {
        attempt(or: ()) { queue in
            try queue.write { database in
                let statement = try database.cachedStatement(sql: "DELETE FROM owner WHERE id = ?")
                for id in ids { try statement.execute(arguments: [Blob(id.bytes)]) }
            }
        }
    }
}
