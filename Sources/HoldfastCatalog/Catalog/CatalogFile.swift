import GRDB
import Glibc
import HoldfastModel

/// The catalog's SQLite file: how it is opened, told from another one, and thrown away.
struct CatalogFile: Sendable {
    /// To be raised whenever a row's encoding changes, or a kind of record becomes known that was `.unknown` before.
    static let schemaVersion = 5

    /// Nil: there is none, and the catalog is gone with the process.
    let path: String?
    let repository: RepositoryID

    /// For messages.
    var place: String { path ?? "memory" }

    /// Opens the file, or creates it; throws where it is not a catalog of this version and repository.
    func open() throws -> DatabaseQueue {
        guard let path else { return try openInMemory() }
        try StateDirectory.create(above: path)
        var configuration = Configuration()
        configuration.label = "catalog"
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(10)
        // A catalog lost in a power failure is rebuilt, and rows carry checksums. A page holds several rows of a few KB.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 16384; PRAGMA synchronous = OFF") }
        return try prepared(DatabaseQueue(path: path, configuration: configuration))
    }

    func openInMemory() throws -> DatabaseQueue { try prepared(DatabaseQueue()) }

    /// Deletes the file and what SQLite keeps beside it. Whoever has it open goes on with the deleted one.
    func delete() throws(PosixFailure) {
        guard let path else { return }
        for suffix in ["", "-wal", "-shm", "-journal"] {
            guard unsafe unlink(path + suffix) != 0, errno != ENOENT else { continue }
            throw PosixFailure(path: path + suffix)
        }
    }

    private func prepared(_ queue: DatabaseQueue) throws -> DatabaseQueue {
        try queue.write { database in
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            if version == 0 { try createSchema(in: database) }
            guard version == 0 || version == Self.schemaVersion else { throw NotThisCatalog.version(version) }
            let found = try Blob.fetchOne(database, sql: "SELECT id FROM repository")
            guard found?.bytes == repository.bytes else { throw NotThisCatalog.repository }
        }
        return queue
    }

    private func createSchema(in database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE repository (id BLOB NOT NULL);
                CREATE TABLE snapshot (id BLOB PRIMARY KEY, log BLOB NOT NULL) WITHOUT ROWID;
                CREATE TABLE owner (id BLOB PRIMARY KEY, share BLOB NOT NULL) WITHOUT ROWID;
                PRAGMA user_version = \(Self.schemaVersion);
                """)
        try database.execute(sql: "INSERT INTO repository VALUES (?)", arguments: [Blob(repository.bytes)])
    }
}

/// A sound SQLite file, and not the catalog that was asked for.
enum NotThisCatalog: Error {
    case version(Int)
    case repository
}
