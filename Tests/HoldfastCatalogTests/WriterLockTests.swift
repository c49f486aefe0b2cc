import Glibc
import HoldfastCatalog
import HoldfastModel
import Testing

@Suite struct WriterLockTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("state/witness.sqlite")
    }

    private func isFree(node: String, source: String) throws -> Bool {
        let lock = try Witness(at: path, of: Sample.repository()).tryLock(node: node, source: source)
        return lock != nil
    }

    @Test("a second writer of the same node and source is refused until the first is done")
    func contention() throws {
        let lock = try Witness(at: path, of: Sample.repository()).tryLock(node: "db1", source: "data")
        let isLocked = lock != nil
        #expect(isLocked)
        #expect(try !isFree(node: "db1", source: "data"))
        _ = consume lock
        #expect(try isFree(node: "db1", source: "data"))
    }

    @Test(
        "other nodes and sources have locks of their own, whatever their names",
        arguments: [
            ("db1", "logs"), ("db2", "data"), ("db1data", ""), ("", "db1data"), ("../db1", "data"), ("db1", "a/b"),
            ("ä", "\u{0}"),
        ])
    func apart(node: String, source: String) throws {
        let lock = try Witness(at: path, of: Sample.repository()).tryLock(node: "db1", source: "data")
        #expect(try isFree(node: node, source: source))
        _ = consume lock
    }

    @Test("another process is refused while the lock is held")
    func otherProcess() async throws {
        let lock = try Witness(at: path, of: Sample.repository()).tryLock(node: "db1", source: "data")
        await #expect(processExitsWith: .success) { [path = path as String] in
            let other = try Witness(at: path, of: Sample.repository()).tryLock(node: "db1", source: "data")
            guard other == nil else { fatalError("two writers") }
        }
        _ = consume lock
    }

    @Test("the death of a process frees its lock")
    func death() async throws {
        await #expect(processExitsWith: .exitCode(9)) { [path = path as String] in
            let lock = try Witness(at: path, of: Sample.repository()).tryLock(node: "db1", source: "data")
            guard lock != nil else { fatalError("not locked") }
            _exit(9)
        }
        #expect(try isFree(node: "db1", source: "data"))
    }

    @Test("a name that no file can have is refused by name")
    func longName() throws {
        let witness = try Witness(at: path, of: Sample.repository())
        #expect(throws: WitnessError.self) {
            _ = try witness.tryLock(node: String(repeating: "n", count: 300), source: "data") == nil
        }
    }
}
