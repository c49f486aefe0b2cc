import GRDB
import Glibc
import HoldfastModel

/// The witness's SQLite file: made whole or not at all, opened only if it is sound.
///
/// The file is never opened but by SQLite: closing any other descriptor of it would release SQLite's locks.
struct WitnessFile: Sendable {
    static let schemaVersion = 1

    let path: String
    let repository: RepositoryID

    func open() throws -> DatabaseQueue {
        try StateDirectory.create(above: path)
        if try isAbsent { try create() }
        try refuseExposed(path)
        if let directory = StateDirectory.parent(of: path) { try refuseExposed(directory) }
        let queue = try DatabaseQueue(path: path, configuration: Self.configuration)
        try queue.read(check)
        return queue
    }

    private static var configuration: Configuration {
        var configuration = Configuration.durable
        configuration.label = "witness"
        return configuration
    }

    /// Throws where nobody can tell: one that cannot be looked at may be there.
    var isAbsent: Bool {
        get throws(PosixFailure) {
            if unsafe access(path, F_OK) == 0 { return false }
            guard errno == ENOENT || errno == ENOTDIR else { throw PosixFailure(path: path) }
            return true
        }
    }

    /// An empty one that is gone with the process.
    func openInMemory() throws -> DatabaseQueue {
        let queue = try DatabaseQueue(configuration: Self.configuration)
        try queue.write(begin)
        return queue
    }

    private func refuseExposed(_ path: String) throws {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw PosixFailure(path: path) }
        guard status.st_mode & 0o022 == 0 else { throw WitnessError.exposed(path: path) }
    }

    private func check(_ database: Database) throws {
        let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
        guard finding == "ok" else { throw WitnessError.damaged(path: path, detail: finding?.inOneLine ?? "no answer") }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version <= Self.schemaVersion else { throw WitnessError.newerVersion(path: path, version: version) }
        guard version == Self.schemaVersion else { throw WitnessError.damaged(path: path, detail: "version \(version)") }
        guard let bytes = try Blob.fetchOne(database, sql: "SELECT id FROM repository")?.bytes,
            let found = RepositoryID(bytes: bytes.span)
        else { throw WitnessError.damaged(path: path, detail: "no repository in it") }
        guard found == repository else { throw WitnessError.otherRepository(path: path, found: found) }
    }
}
