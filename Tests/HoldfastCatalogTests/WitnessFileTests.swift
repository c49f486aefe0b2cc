import Foundation
import GRDB
import HoldfastCatalog
import HoldfastModel
import Testing

/// The witness's file: never begun anew by itself, whole or absent, shared by processes.
@Suite struct WitnessFileTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("id/witness.sqlite")
    }

    private static func open(_ path: String) throws -> Witness { try Witness(at: path, of: Sample.repository()) }

    private static func start(_ number: Int, in witness: Witness) throws {
        try witness.rememberStart(
            Sample.snapshot(number), cluster: "default", node: "db1", source: "data", at: Sample.time(number))
    }

    private func expectRefusal(_ isExpected: (WitnessError) -> Bool) throws {
        let before = try TemporaryDirectory.bytes(of: path)
        let error = #expect(throws: WitnessError.self) { _ = try Self.open(path) }
        #expect(error.map(isExpected) == true)
        #expect(error?.description.contains(path) == true)
        #expect(try TemporaryDirectory.bytes(of: path) == before)
    }

    @Test("garbage, an empty file and a file cut short are refused, and stay as they are", arguments: [0, 1, 100, 5000])
    func damage(count: Int) throws {
        try Self.start(1, in: Self.open(path))
        let whole = try TemporaryDirectory.bytes(of: path)
        for bytes in [Array(repeating: 0x5a, count: count), Array(whole.prefix(count))] {
            try TemporaryDirectory.write(bytes, to: path)
            try expectRefusal { if case .damaged(path, _) = $0 { true } else { false } }
        }
    }

    @Test(
        "a file that is not a witness of this version is refused",
        arguments: ["PRAGMA user_version = 0", "DELETE FROM repository", "UPDATE repository SET id = x'00'"])
    func notAWitness(sql: String) throws {
        try Self.start(1, in: Self.open(path))
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
        try expectRefusal { if case .damaged(path, _) = $0 { true } else { false } }
    }

    @Test(
        "a row that no version writes is damage, not a crash",
        arguments: ["state = 'asleep'", "time = -9223372036854775808", "expires = 9223372036854775807"])
    func oddRow(change: String) throws {
        let witness = try Self.open(path)
        try Self.start(1, in: witness)
        try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE snapshot SET \(change)") }
        #expect(throws: WitnessError.damaged(path: path, detail: "a row that no holdfast writes")) { _ = try witness.memory() }
    }

    @Test("a newer version is named")
    func newer() throws {
        try Self.start(1, in: Self.open(path))
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 9") }
        try expectRefusal { $0 == .newerVersion(path: path, version: 9) }
    }

    @Test("the witness of another repository is refused")
    func otherRepository() throws {
        let other = try Sample.repository(2)
        _ = try Witness(at: path, of: other)
        try expectRefusal { $0 == .otherRepository(path: path, found: other) }
    }

    @Test("a witness that others may write to is refused", arguments: [0o620, 0o602])
    func exposed(mode: Int) throws {
        try Self.start(1, in: Self.open(path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        try expectRefusal { $0 == .exposed(path: path) }
    }

    @Test("a witness that cannot be made names the place")
    func unusable() throws {
        try TemporaryDirectory.write([1], to: directory.file("file"))
        let error = #expect(throws: WitnessError.self) { _ = try Self.open(directory.file("file/id/witness.sqlite")) }
        #expect(error?.description.contains(directory.file("file")) == true)
    }

    @Test("nothing but the witness is left beside it")
    func noDrafts() throws {
        try Self.start(1, in: Self.open(path))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.file("id")) == ["witness.sqlite"])
    }

    @Test("what a call remembered survives the death of its process")
    func durability() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let witness = try Self.open(path)
            try Self.start(1, in: witness)
            kill(getpid(), SIGKILL)
        }
        #expect(try Self.open(path).memory().snapshots.count == 1)
    }

    @Test("many writers at once, the first of them making the file, lose nothing")
    func concurrentWriters() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let witness = try Self.open(path)
                    for number in 0..<10 { try Self.start(writer * 10 + number, in: witness) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try Self.open(path).memory().snapshots.count == 40)
    }

    @Test("an edition of a keyring that another process has passed meanwhile does not take the later one's place")
    func passedEdition() throws {
        let witness = try Self.open(path)
        let editions = [5, 6].map { KeyManagerEdition(manager: "3f2a", number: $0) }
        #expect(try witness.observe(editions[0]) == nil)
        let other = """
            CREATE TRIGGER other BEFORE INSERT ON keyring WHEN NEW.generation = 6
            BEGIN INSERT OR REPLACE INTO keyring VALUES (NEW.id, 7); END
            """
        try DatabaseQueue(path: path).write { try $0.execute(sql: other) }
        #expect(try witness.observe(editions[1]) == 7)
        #expect(try witness.later(than: editions[1]) == 7)
    }

    @Test("two processes write to one witness at the same time")
    func processes() async throws {
        async let other = #expect(processExitsWith: .success) { [path = path as String] in
            let witness = try Self.open(path)
            for number in 0..<20 { try Self.start(number, in: witness) }
        }
        let witness = try Self.open(path)
        for number in 20..<40 { try Self.start(number, in: witness) }
        _ = await other
        #expect(try witness.memory().snapshots.count == 40)
    }
}
