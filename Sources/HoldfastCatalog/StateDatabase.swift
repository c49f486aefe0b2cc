import GRDB
import Glibc

/// Small SQLite files of local state, made when they are first used. Only their owner may read and write them.
enum StateDatabase {
    /// `schema` makes what is not there. `version`, from 1 on, is to be raised whenever it changes; files from before versions were
    /// numbered have 0, and the tables of the first.
    static func perform<Answer>(
        at path: String, version: Int, schema: String, _ body: (Database) throws -> Answer
    ) throws -> Answer {
        try StateDirectory.create(above: path)
        let descriptor = try posix(path) { unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        close(descriptor)
        guard isKnown, status.st_mode & 0o022 == 0 else { throw WitnessError.exposed(path: path) }
        let queue = try DatabaseQueue(path: path, configuration: .durable)
        return try queue.write { database in
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard found <= version else { throw WitnessError.newerVersion(path: path, version: found) }
            if found < version { try database.execute(sql: "\(schema); PRAGMA user_version = \(version)") }
            return try body(database)
        }
    }
}

extension Configuration {
    /// Of files that hold what is nowhere else. A rollback journal, not a WAL: the one file is always the whole, and may lie on any file
    /// system. EXTRA syncs the directory too once the journal is gone from it, which FULL does not: a journal that came back after a power
    /// cut would take back what was told as kept.
    static var durable: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = EXTRA") }
        return configuration
    }
}
