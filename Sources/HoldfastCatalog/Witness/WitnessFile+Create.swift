import GRDB
import Glibc
import HoldfastModel

extension WitnessFile {
    /// Makes the whole file beside its place and links it there: an empty or half-made witness is damage, never a start.
    func create() throws {
        let draft = "\(path).\(getpid())-\(UInt64.random(in: 0...UInt64.max)).new"
        let descriptor = try posix(draft) { unsafe Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        close(descriptor)
        // After a link this removes the second name of the witness; after a failure, the draft.
        defer { unsafe unlink(draft) }
        try write(draft)
        // Whoever came first has made the same file.
        guard unsafe link(draft, path) == 0 || errno == EEXIST else { throw PosixFailure(path: path) }
        if let directory = StateDirectory.parent(of: path) { try StateDirectory.sync(directory) }
    }

    private func write(_ draft: String) throws {
        let queue = try DatabaseQueue(path: draft, configuration: .durable)
        try queue.write(begin)
        try queue.close()
    }

    func begin(_ database: Database) throws {
        try database.execute(sql: Self.schema)
        try database.execute(sql: "INSERT INTO repository VALUES (1, ?, 0, NULL, 0)", arguments: [Blob(repository.bytes)])
    }

    /// Nothing reads the columns `accepted`: in them earlier versions kept what a user had called right until it was next compared.
    private static let schema = """
        CREATE TABLE repository (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1), id BLOB NOT NULL,
            key_log_length INTEGER NOT NULL, key_log_sum BLOB, key_log_accepted INTEGER NOT NULL
        );
        CREATE TABLE keyring (id TEXT PRIMARY KEY, generation INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE snapshot (
            id BLOB PRIMARY KEY, cluster TEXT NOT NULL, node TEXT NOT NULL, source TEXT NOT NULL, time INTEGER NOT NULL,
            state TEXT NOT NULL, sum BLOB, log_length INTEGER NOT NULL, expires INTEGER, condemned INTEGER NOT NULL,
            committed_here INTEGER NOT NULL, accepted INTEGER NOT NULL
        ) WITHOUT ROWID;
        PRAGMA user_version = \(schemaVersion);
        """
}
