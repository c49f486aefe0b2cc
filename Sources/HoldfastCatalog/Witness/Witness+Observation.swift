import GRDB
package import HoldfastModel

/// What a reader of the whole repository asks, and what it adds.
extension Witness {
    /// All that is remembered, to be read before the listing is begun.
    package func memory() throws(WitnessError) -> WitnessMemory {
        try read { database in
            let keyLog = try database.keyLog()
            var memory = WitnessMemory(repository: repository, keyLog: keyLog)
            memory.snapshots.reserveCapacity(try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM snapshot") ?? 0)
            let rows = try Row.fetchCursor(database, sql: WitnessedSnapshot.selection)
            while let row = try rows.next() {
                let snapshot = try WitnessedSnapshot(row)
                memory.snapshots[snapshot.id] = snapshot
            }
            return memory
        }
    }

    /// How far the key log was read, to be asked before it is listed.
    package func keyLog() throws(WitnessError) -> WitnessedKeyLog { try read { try $0.keyLog() } }

    /// Remembers how far the key log was read, where the witness still says `before`.
    package func observe(_ change: WitnessComparison.Change<WitnessedKeyLog>) throws(WitnessError) {
        try write { try $0.remember(change) }
    }

    /// Remembers what a comparison found right. What another process changed since its memory was read stays as it is now.
    package func observe(_ comparison: WitnessComparison) throws(WitnessError) {
        try write { database in
            if let change = comparison.keyLogChange { try database.remember(change) }
            let deletion = try database.cachedStatement(sql: "DELETE FROM snapshot WHERE id = ?")
            for (id, change) in comparison.snapshotChanges where try database.snapshot(id) == change.before {
                if let after = change.after {
                    try database.remember(after)
                } else {
                    try deletion.execute(arguments: [Blob(id.bytes)])
                }
            }
        }
    }

    /// Remembers a keyring's edition, whose MAC was checked. Gives the number seen before where that is higher: an old copy of the file was
    /// put back, with the states that its keys had then. What is known already is not written: the disk may take no writes.
    package func observe(_ edition: KeyManagerEdition) throws(WitnessError) -> Int64? {
        if let known = try read({ try $0.number(of: edition.manager) }), known >= edition.number {
            return known > edition.number ? known : nil
        }
        return try write { database in
            // Another process may have remembered a later one since: the number never falls.
            try database.execute(
                sql: """
                    INSERT INTO keyring VALUES (?, ?)
                    ON CONFLICT (id) DO UPDATE SET generation = max(generation, excluded.generation)
                    """, arguments: [edition.manager, edition.number])
            return try database.number(laterThan: edition)
        }
    }

    /// The same, and nothing is remembered: what is asked about may be damaged.
    package func later(than edition: KeyManagerEdition) throws(WitnessError) -> Int64? {
        try read { try $0.number(laterThan: edition) }
    }

    /// Remembers a keyring's edition, however old: a user calls it right.
    package func accept(_ edition: KeyManagerEdition) throws(WitnessError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO keyring VALUES (?, ?)", arguments: [edition.manager, edition.number])
        }
    }
}

extension Database {
    /// How far a keyring was seen to have come.
    fileprivate func number(of manager: String) throws -> Int64? {
        try Int64.fetchOne(self, sql: "SELECT generation FROM keyring WHERE id = ?", arguments: [manager])
    }

    fileprivate func number(laterThan edition: KeyManagerEdition) throws -> Int64? {
        try number(of: edition.manager).flatMap { $0 > edition.number ? $0 : nil }
    }

    fileprivate func keyLog() throws -> WitnessedKeyLog {
        guard let row = try Row.fetchOne(self, sql: WitnessedKeyLog.selection) else { throw RowDamage() }
        return try WitnessedKeyLog(row)
    }

    fileprivate func remember(_ change: WitnessComparison.Change<WitnessedKeyLog>) throws {
        guard try keyLog() == change.before else { return }
        try execute(sql: WitnessedKeyLog.update, arguments: change.after.arguments)
    }
}
