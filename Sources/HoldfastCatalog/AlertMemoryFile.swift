import GRDB
package import HoldfastModel

/// Which alerts were told, and when: a small SQLite file beside the witnesses. Nothing rests on it: without it alerts are told again.
package struct AlertMemoryFile: Sendable {
    private let path: String

    package init(at path: String) { self.path = path }

    /// Empty where there is no file yet.
    package func read() throws(WitnessError) -> AlertRound.Memory {
        try perform { database in
            let rows = try Row.fetchAll(database, sql: "SELECT kind, subject, level, message, since, told FROM alert")
            return try rows.reduce(into: [:]) { memory, row in
                let (kind, level): (String, String) = (try row.decode(atIndex: 0), try row.decode(atIndex: 2))
                // A kind or level of a later version is no alert to this one.
                guard let kind = Alert.Kind(rawValue: kind) else { return }
                let told = Alert.Level(rawValue: level)
                guard told != nil || level == Self.untold else { return }
                memory[.init(kind: kind, subject: try row.decode(atIndex: 1))] = .init(
                    level: told, message: try row.decode(atIndex: 3),
                    since: try row.time(atIndex: 4), toldAt: try row.time(atIndex: 5))
            }
        }
    }

    /// Replaces what is there.
    package func write(_ memory: AlertRound.Memory) throws(WitnessError) {
        try perform { database in
            try database.execute(sql: "DELETE FROM alert")
            for (identity, told) in memory {
                try database.execute(
                    sql: "INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        identity.kind.rawValue, identity.subject, told.level?.rawValue ?? Self.untold, told.message,
                        told.since.seconds,
                        told.toldAt.seconds,
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

    /// The level of one that nobody could be told yet.
    private static let untold = "untold"

    private static let version = 1
    private static let schema = """
        CREATE TABLE IF NOT EXISTS alert (
            kind TEXT NOT NULL, subject TEXT NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL, since INTEGER NOT NULL,
            told INTEGER NOT NULL, PRIMARY KEY (kind, subject)
        ) WITHOUT ROWID
        """
}
