import Foundation
import GRDB
import Testing

@testable import HoldfastCatalog

@Suite("A file of local state")
struct StateDatabaseTests {
    private static let schema = "CREATE TABLE IF NOT EXISTS t (a INTEGER)"
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("state/some.sqlite")
    }

    private func perform<Answer>(version: Int = 2, _ body: (Database) throws -> Answer) throws -> Answer {
        try StateDatabase.perform(at: path, version: version, schema: Self.schema, body)
    }

    @Test("bears its version from its first use on")
    func version() throws {
        #expect(try perform { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 2)
    }

    @Test("from before versions were numbered stays readable, and is numbered")
    func unnumbered() throws {
        try FileManager.default.createDirectory(atPath: directory.file("state"), withIntermediateDirectories: true)
        try DatabaseQueue(path: path).write { try $0.execute(sql: "\(Self.schema); INSERT INTO t VALUES (7)") }
        let found = try perform { database in
            try [Int.fetchOne(database, sql: "SELECT a FROM t"), Int.fetchOne(database, sql: "PRAGMA user_version")]
        }
        #expect(found == [7, 2])
    }

    @Test("of a later version is named, and left as it is")
    func newer() throws {
        try perform(version: 3) { try $0.execute(sql: "INSERT INTO t VALUES (7)") }
        let before = try TemporaryDirectory.bytes(of: path)
        #expect(throws: WitnessError.newerVersion(path: path, version: 3)) { try perform { _ in } }
        #expect(try TemporaryDirectory.bytes(of: path) == before)
    }

    @Test("syncs its directory too once a journal is gone from it, and so does the witness")
    func synchronous() throws {
        let extra = 3
        #expect(try perform { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == extra)
        let witness = try WitnessFile(path: directory.file("id/witness.sqlite"), repository: Sample.repository()).open()
        #expect(try witness.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == extra)
    }
}
