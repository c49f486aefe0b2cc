import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Synchronization
import Testing

@Suite("Looking into a snapshot")
struct LookTests {
    private func list(_ snapshot: OpenedSnapshot, at path: String, recursive: Bool) async throws -> [String] {
        var paths: [String] = []
        try await ListEntries(snapshot).run(at: Array(path.utf8.drop { $0 == UInt8(ascii: "/") }), recursive: recursive) {
            entry in
            paths.append(entry.displayPath)
        }
        return paths
    }

    @Test("a directory gives its own entries, or with all that is below; a file itself; a wrong path an error")
    func listing() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        for name in ["a", "b/c", "b/d/e", "b.x", "f"] { try source.write([1], to: name) }
        let snapshot = try await cluster.open(try await cluster.backUp(cluster.request([source.path])).snapshot)
        let top = source.path
        #expect(try await list(snapshot, at: top, recursive: false) == ["a", "b", "b.x", "f"].map { "\(top)/\($0)" })
        #expect(
            try await list(snapshot, at: top, recursive: true)
                == ["a", "b", "b/c", "b/d", "b/d/e", "b.x", "f"].map { "\(top)/\($0)" })
        #expect(try await list(snapshot, at: "\(top)/b/d/e", recursive: false) == ["\(top)/b/d/e"])
        #expect(try await list(snapshot, at: "\(top)/b", recursive: false) == ["\(top)/b/c", "\(top)/b/d"])
        await #expect(throws: HoldfastError.self) { try await list(snapshot, at: "\(top)/nothing", recursive: false) }
    }

    @Test("listing a directory of a large snapshot reads few of its listing chunks")
    func fewReads() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        let deep = Array(repeating: String(repeating: "x", count: 250), count: 12).joined(separator: "/")
        for number in 0..<4500 { try source.write([], to: "many/\(deep)/\(number)") }
        try source.write([1], to: "zz")
        let id = try await cluster.backUp(cluster.request([source.path])).snapshot
        let counting = CountingStore(cluster.store)
        let repository = Repository(id: cluster.repository.id, store: counting, project: "test", cluster: "default")
        let view = try #require(try await repository.readSnapshot(id))
        let snapshot = try await OpenedSnapshot.open(view, in: repository, with: cluster.keys)
        let chunkCount = snapshot.body.source.listing.count
        try #require(chunkCount > 3, "the source is too small for this test")
        let before = counting.reads
        #expect(try await list(snapshot, at: source.path, recursive: false) == ["\(source.path)/many", "\(source.path)/zz"])
        #expect(counting.reads - before <= 2)
    }

    @Test("patterns find names at any depth, and paths from the root")
    func finding() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        for name in ["a.conf", "b/c.conf", "b/d.txt"] { try source.write([1], to: name) }
        let snapshot = try await cluster.open(try await cluster.backUp(cluster.request([source.path])).snapshot)
        var found: [String] = []
        let gaps = try await FindEntries([Glob("*.conf"), Glob("\(source.path)/b/d*")]).run(in: snapshot) {
            found.append($0.displayPath)
        }
        #expect(gaps.isEmpty && found == ["a.conf", "b/c.conf", "b/d.txt"].map { "\(source.path)/\($0)" })
    }

    @Test("headers' own figures come to no more in the statistics than a number can say")
    func boastfulHeaders() async throws {
        let fixture = try RestoreFixture()
        let craft = RestoreCraft(fixture).add("src", .directory)
        craft.bytesStored = UInt64(Int64.max)
        _ = try await craft.finish()
        for _ in 0..<2 { _ = try await craft.finishAgain() }
        let share = try await RepositoryStatistics.read(fixture.repository).bySource["n/s"]
        #expect(share?.snapshotCount == 3 && share?.storedByteCount == .max)
    }
}

/// Counts what is read of another store.
private final class CountingStore: ForwardingStore {
    let base: MemoryStore
    private let count = Mutex(0)

    init(_ base: MemoryStore) { self.base = base }

    var reads: Int { count.withLock { $0 } }

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        count.withLock { $0 += 1 }
        return try await base.read(name, range: range)
    }
}
