import GRDB
package import HoldfastModel

/// What this machine has opened in a repository: a small SQLite file beside the witness, and like it state, not cache. A proof that
/// was interrupted goes on from it, and an envelope that was added later counts once it stands here.
package struct OpeningMemoryFile: Sendable {
    private let path: String

    package init(at path: String) { self.path = path }

    /// Empty where there is no file yet.
    package func read() throws(WitnessError) -> Set<ProvenOpening> {
        try perform { database in
            let rows = try Row.fetchAll(database, sql: "SELECT snapshot, sum, cmk, envelope FROM opening")
            return Set(
                try rows.map { row in
                    let (id, sumBytes) = try (row.bytes(atIndex: 0) ?? [], row.bytes(atIndex: 1) ?? [])
                    let (uri, envelopeBytes): (String, [UInt8]) = try (row.decode(atIndex: 2), row.bytes(atIndex: 3) ?? [])
                    let (snapshot, sum) = (SnapshotID(bytes: id.span), Digest(bytes: sumBytes.span))
                    let (cmk, envelope) = (CMK(uri), Digest(bytes: envelopeBytes.span))
                    guard let snapshot, let sum, let cmk, let envelope else { throw RowDamage() }
                    return ProvenOpening(snapshot: snapshot, sum: sum, cmk: cmk, envelope: envelope)
                })
        }
    }

    package func add(_ openings: [ProvenOpening]) throws(WitnessError) {
        guard !openings.isEmpty else { return }
        try perform { database in
            for opening in openings {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO opening VALUES (?, ?, ?, ?)",
                    arguments: [
                        Blob(opening.snapshot.bytes), Blob(opening.sum.bytes), opening.cmk.uri, Blob(opening.envelope.bytes),
                    ])
            }
        }
    }

    private func perform<Answer>(_ body: (Database) throws -> Answer) throws(WitnessError) -> Answer {
        do {
            return try StateDatabase.perform(at: path, version: Self.version, schema: Self.schema, body)
        } catch {
            throw WitnessError(error, at: path)
        }
    }

    private static let version = 1
    private static let schema = """
        CREATE TABLE IF NOT EXISTS opening (
            snapshot BLOB NOT NULL, sum BLOB NOT NULL, cmk TEXT NOT NULL, envelope BLOB NOT NULL,
            PRIMARY KEY (snapshot, sum, cmk, envelope)
        ) WITHOUT ROWID
        """
}
