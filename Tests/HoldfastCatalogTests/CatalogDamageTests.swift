import Foundation
import GRDB
import HoldfastCatalog
import HoldfastModel
import Synchronization
import Testing

/// A catalog is thrown away at any time: whatever happens to its file, nobody gets an error or a wrong value.
@Suite struct CatalogDamageTests {
    private let directory: TemporaryDirectory
    private let path: String
    private let repository: RepositoryID
    private let notes = Notes()

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("catalog.sqlite")
        repository = try Sample.repository()
    }

    private func open() -> Catalog { Catalog(at: path, of: repository, note: notes.add) }

    private func fill() throws {
        open().store(try (0..<200).map { try Sample.cached($0) })
    }

    private func expectAnew() throws {
        #expect(open().snapshots().isEmpty)
        #expect(notes.all.contains { if case .discarded(path, _) = $0 { true } else { false } })
        open().store([try Sample.cached(1)])
        #expect(open().snapshots() == [try Sample.cached(1)])
    }

    @Test("a file of garbage is begun anew", arguments: [100, 4096, 100_000])
    func garbage(count: Int) throws {
        try TemporaryDirectory.write(Array(repeating: 0x5a, count: count), to: path)
        try expectAnew()
    }

    @Test("a file cut short is begun anew")
    func cutShort() throws {
        try fill()
        let bytes = try TemporaryDirectory.bytes(of: path)
        try TemporaryDirectory.write(Array(bytes.prefix(bytes.count / 3)), to: path)
        try expectAnew()
    }

    @Test(
        "another schema version, a missing table or a rotten row is begun anew",
        arguments: [
            "PRAGMA user_version = 99", "DROP TABLE snapshot", "DELETE FROM repository",
            "UPDATE snapshot SET log = zeroblob(length(log)) WHERE id = (SELECT max(id) FROM snapshot)",
            "UPDATE snapshot SET log = x''",
            "UPDATE snapshot SET log = 'text'",
        ])
    func another(sql: String) throws {
        try fill()
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
        try expectAnew()
    }

    @Test("the catalog of another repository is begun anew")
    func anotherRepository() throws {
        Catalog(at: path, of: try Sample.repository(2)).store([try Sample.cached(7)])
        try expectAnew()
    }

    @Test("one flipped bit in a row never gives another value", arguments: 0..<64)
    func flippedBit(place: Int) throws {
        open().store([try Sample.cached(1)])
        try DatabaseQueue(path: path).write { database in
            var row = try #require(try Data.fetchOne(database, sql: "SELECT log FROM snapshot"))
            row[row.startIndex + place * 7919 % row.count] ^= 1 << UInt8(place % 8)
            try database.execute(sql: "UPDATE snapshot SET log = ?", arguments: [row])
        }
        #expect(open().snapshots().isEmpty)
    }

    @Test("a row under another owner's id is not taken for its share")
    func movedRow() throws {
        open().settle([try Sample.snapshot(1): PackShare(count: 1, mix: 7)])
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "UPDATE owner SET id = ?", arguments: [Data(try Sample.snapshot(2).bytes)])
        }
        #expect(open().settledOwners().isEmpty)
    }

    @Test("after damage that is met while it is open, the same catalog goes on anew")
    func inTheMiddle() throws {
        try fill()
        let catalog = open()
        try DatabaseQueue(path: path).write { database in
            let id = Data(try Sample.snapshot(100).bytes)
            try database.execute(sql: "UPDATE snapshot SET log = zeroblob(99) WHERE id = ?", arguments: [id])
        }
        #expect(catalog.snapshots().isEmpty)
        catalog.store([try Sample.cached(5)])
        #expect(catalog.snapshots().count == 1)
    }

    @Test("where the disk takes no file, the catalog is kept in memory")
    func inMemory() throws {
        try TemporaryDirectory.write([1], to: directory.file("file"))
        let catalog = Catalog(at: directory.file("file/catalog.sqlite"), of: repository, note: notes.add)
        catalog.store([try Sample.cached(1)])
        #expect(catalog.snapshots() == [try Sample.cached(1)])
        #expect(notes.all.contains { if case .inMemory = $0 { true } else { false } })
    }
}

/// Hears what a catalog notes.
private final class Notes: Sendable {
    private let heard = Mutex<[CatalogError]>([])

    var all: [CatalogError] { heard.withLock { $0 } }
    var add: @Sendable (CatalogError) -> Void { { note in self.heard.withLock { $0.append(note) } } }
}
