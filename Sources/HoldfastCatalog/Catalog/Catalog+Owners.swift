import GRDB
package import HoldfastModel

/// Owners without a log whose packs live on in other snapshots, and how many of them: they are listed again only when one of these packs
/// leaves the keep set (`docs/PROTOCOL.md`, section 5, ruling 7). To forget them costs listings, never a pack.
extension Catalog {
    package func settledOwners() -> [SnapshotID: PackShare] {
        attempt(or: [:]) { queue in
            try queue.read { database in
                var owners: [SnapshotID: PackShare] = [:]
                let rows = try Row.fetchCursor(try database.cachedStatement(sql: "SELECT id, share FROM owner"))
                while let row = try rows.next() {
                    let (key, share): (Blob, Blob) = try (row.decode(atIndex: 0), row.decode(atIndex: 1))
                    guard let id = SnapshotID(bytes: key.bytes.span) else { throw RowDamage() }
                    owners[id] = try PackShare(row: share.bytes, of: id)
                }
                return owners
            }
        }
    }

    /// Takes the place of all that was known.
    package func settle(_ owners: [SnapshotID: PackShare]) {
        attempt(or: ()) { queue in
            try queue.write { database in
                try database.execute(sql: "DELETE FROM owner")
                let insertion = try database.cachedStatement(sql: "INSERT INTO owner VALUES (?, ?)")
                for (id, share) in owners { try insertion.execute(arguments: [Blob(id.bytes), Blob(share.row(of: id))]) }
            }
        }
    }
}
