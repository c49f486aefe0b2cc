import GRDB
package import HoldfastModel

/// What this machine's drills of a repository have shown, and how far they have come: a small SQLite file beside the witness. Like it
/// it is state and no cache: nothing in a store can say that a drill has passed.
package struct DrillMemoryFile: Sendable {
    /// Older records are forgotten, but for what failed since the last drill of the whole cluster that passed, and for that.
    private static let recordCount = 1000

    private let path: String

    package init(at path: String) { self.path = path }

    /// In the order in which they ran; none where there is no file yet.
    package func read() throws(DrillMemoryError) -> [DrillRecord] {
        try perform { database in
            let rows = try Row.fetchAll(database, sql: "SELECT n, at, whole, outcome, message FROM drill ORDER BY n")
            return try rows.map { row in
                let outcome: String = try row.decode(atIndex: 3)
                return DrillRecord(
                    at: try row.time(atIndex: 1), coversCluster: try row.decode(atIndex: 2),
                    // What a later version calls otherwise has not passed.
                    outcome: DrillRecord.Outcome(rawValue: outcome) ?? .unfinished, message: try row.decode(atIndex: 4),
                    turns: try Self.turns(of: try row.decode(atIndex: 0), in: database))
            }
        }
    }

    /// Adds a record, and notes how far the sources of those snapshots that passed have come.
    package func add(_ record: DrillRecord, sweeps: [String: DrillSweep]) throws(DrillMemoryError) {
        try perform { database in
            try database.execute(
                sql: "INSERT INTO drill (at, whole, outcome, message) VALUES (?, ?, ?, ?)",
                arguments: [record.at.seconds, record.coversCluster, record.outcome.rawValue, record.message])
            let number = database.lastInsertedRowID
            for turn in record.turns { try Self.add(turn, of: number, to: database) }
            for (subject, sweep) in sweeps {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO sweep VALUES (?, ?, ?)",
                    arguments: [subject, Int64(bitPattern: sweep.key), Int64(bitPattern: sweep.start)])
            }
            try database.execute(sql: Self.forgetting, arguments: [number - Int64(Self.recordCount)])
            try database.execute(sql: "DELETE FROM turn WHERE drill NOT IN (SELECT n FROM drill)")
        }
    }

    /// How far the drills of each source have come.
    package func sweeps() throws(DrillMemoryError) -> [String: DrillSweep] {
        try perform { database in
            try Row.fetchAll(database, sql: "SELECT subject, key, start FROM sweep").reduce(into: [:]) { sweeps, row in
                let (key, start): (Int64, Int64) = (try row.decode(atIndex: 1), try row.decode(atIndex: 2))
                sweeps[try row.decode(atIndex: 0)] = DrillSweep(
                    key: UInt64(bitPattern: key), start: UInt64(bitPattern: start))
            }
        }
    }

    private static func add(_ turn: DrillRecord.Turn, of number: Int64, to database: Database) throws {
        try database.execute(
            sql: "INSERT INTO turn VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                number, Blob(turn.snapshot.bytes), turn.cmk?.uri, Int64(clamping: turn.files), Int64(clamping: turn.bytes),
                turn.outcome.rawValue, turn.message, Self.text(turn.part.amount), Int64(bitPattern: turn.part.sweep.key),
                Int64(bitPattern: turn.part.sweep.start),
            ])
    }

    private static func turns(of number: Int64, in database: Database) throws -> [DrillRecord.Turn] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT snapshot, cmk, files, bytes, outcome, message, amount, key, start FROM turn WHERE drill = ? ORDER BY rowid
                """, arguments: [number])
        return try rows.map { row in
            let name = try row.bytes(atIndex: 0) ?? []
            guard let id = SnapshotID(bytes: name.span) else { throw RowDamage() }
            let (cmk, outcome): (String?, String) = (try row.decode(atIndex: 1), try row.decode(atIndex: 4))
            let (files, bytes): (Int64, Int64) = (try row.decode(atIndex: 2), try row.decode(atIndex: 3))
            return DrillRecord.Turn(
                snapshot: id, cmk: cmk.flatMap { CMK($0) }, part: try part(in: row), files: UInt64(clamping: files),
                bytes: UInt64(clamping: bytes),
                outcome: DrillRecord.Outcome(rawValue: outcome) ?? .unfinished, message: try row.decode(atIndex: 5))
        }
    }

    private static func part(in row: Row) throws -> DrillPart {
        let (key, start): (Int64, Int64) = (try row.decode(atIndex: 7), try row.decode(atIndex: 8))
        guard let amount = DrillAmount(try row.decode(String.self, atIndex: 6)) else { throw RowDamage() }
        return DrillPart(amount, at: DrillSweep(key: UInt64(bitPattern: key), start: UInt64(bitPattern: start)))
    }

    /// To the byte, which what people read is not.
    private static func text(_ amount: DrillAmount) -> String {
        if case .bytes(let count) = amount { "\(count.bytes) B" } else { "\(amount)" }
    }

    private func perform<Answer>(_ body: (Database) throws -> Answer) throws(DrillMemoryError) -> Answer {
        do {
            return try StateDatabase.perform(at: path, version: Self.version, schema: Self.schema, body)
        } catch {
            throw DrillMemoryError(path: path, cause: WitnessError(error, at: path))
        }
    }

    /// What counts still is not forgotten for the number of drills that showed nothing since.
    private static let forgetting = """
        DELETE FROM drill WHERE n <= ? AND (
            n < (SELECT COALESCE(MAX(n), 0) FROM drill WHERE whole AND outcome = 'passed')
            OR outcome <> 'failed' AND NOT (whole AND outcome = 'passed')
                AND NOT EXISTS (SELECT 1 FROM turn WHERE turn.drill = drill.n AND turn.outcome = 'failed')
        )
        """

    private static let version = 1
    private static let schema = """
        CREATE TABLE IF NOT EXISTS drill (
            n INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, whole INTEGER NOT NULL, outcome TEXT NOT NULL,
            message TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS turn (
            drill INTEGER NOT NULL, snapshot BLOB NOT NULL, cmk TEXT, files INTEGER NOT NULL, bytes INTEGER NOT NULL,
            outcome TEXT NOT NULL, message TEXT NOT NULL, amount TEXT NOT NULL, key INTEGER NOT NULL, start INTEGER NOT NULL
        );
        CREATE INDEX IF NOT EXISTS turn_of_drill ON turn (drill);
        CREATE TABLE IF NOT EXISTS sweep (
            subject TEXT PRIMARY KEY, key INTEGER NOT NULL, start INTEGER NOT NULL
        ) WITHOUT ROWID
        """
}
