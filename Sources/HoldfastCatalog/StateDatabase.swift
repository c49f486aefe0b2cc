import GRDB
import Glibc

/// Small SQLite files of local state, made when they are first used. Only their owner may read and write them.
enum StateDatabase {
    static func perform<Answer>(at path: String, schema: String, _ body: (Database) throws -> Answer) throws -> Answer {
        try StateDirectory.create(above: path)
        let descriptor = try posix(path) { unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        close(descriptor)
        guard isKnown, status.st_mode & 0o022 == 0 else { throw WitnessError.exposed(path: path) }
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        return try queue.write { database in
            try database.execute(sql: schema)
            return try body(database)
        }
    }
}
