import Foundation
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Synchronization
import Testing

/// Answers nothing where packs are read, or one of them.
private struct PacklessStore: ForwardingStore {
    let base: MemoryStore
    var pack: ObjectName?

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        if pack.map({ $0 == name }) ?? name.text.hasPrefix("packs/") { throw .unavailable(name.text, detail: "no answer") }
        return try await base.read(name, range: range)
    }
}

@Suite("A drill")
struct DrillTests {
    private let cluster: TestCluster
    private let source: Scratch
    private let place: Scratch

    init() async throws {
        (cluster, source, place) = (try await TestCluster(), try Scratch(), try Scratch())
    }

    /// Three files that have a pack each at least, and what else a tree has.
    private func backUp(_ change: (inout BackupRequest) -> Void = { _ in }) async throws -> SnapshotID {
        for name in ["a", "b", "sub/c"] { try source.write(Self.noise(3 << 20, seed: UInt64(name.utf8.count)), to: name) }
        try FileManager.default.createSymbolicLink(atPath: source.path + "/link", withDestinationPath: "a")
        try FileManager.default.linkItem(atPath: source.path + "/b", toPath: source.path + "/sub/b")
        try FileManager.default.createDirectory(atPath: source.path + "/empty", withIntermediateDirectories: true)
        var request = cluster.request([source.path])
        request.packByteCount = 1 << 20
        change(&request)
        return try await cluster.backUp(request).snapshot
    }

    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return random.bytes(count)
    }

    private func drill(
        _ id: SnapshotID, _ amount: DrillAmount = .everything, in repository: Repository? = nil, key: UInt64 = 1
    ) async throws -> DrillResult {
        let view = try #require(try await cluster.repository.readSnapshot(id))
        let turn = try #require(DrillChoice(view).turns.first)
        return try await Drill(repository ?? cluster.repository, keys: cluster.keys).run(
            turn, DrillPart(amount, at: DrillSweep(key: key)), in: place.path)
    }

    private var isClean: Bool { get throws { try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty } }

    private func packs() async throws -> [ObjectName] {
        cluster.store.names.filter { $0.text.hasPrefix("packs/") }.sorted { $0.text < $1.text }
    }

    @Test("restores all that a small snapshot has, compares it, says which CMK opened it, and leaves nothing")
    func whole() async throws {
        let result = try await drill(try await backUp(), .standard)
        #expect(result.worst == nil && result.errors.isEmpty && result.isWhole && result.next == nil)
        // a, b and its second name, c, and the link.
        #expect(result.files == 5 && result.bytes == 9 << 20)
        #expect(try await result.cmk == cluster.repository.readKeyLog().log.active)
        #expect(try isClean)
    }

    @Test("restores a part where a part is asked for, and goes on from there until all of it was restored")
    func sample() async throws {
        let id = try await backUp()
        #expect(try await drill(id, .bytes(ByteCount(1))).bytes > 0)
        let first = try await drill(id, .bytes(ByteCount(2 << 20)))
        let next = try #require(first.next)
        #expect(first.worst == nil && !first.isWhole && first.bytes < 9 << 20)
        #expect(next.key == 1 && next.start != 0)
        #expect(try isClean)
    }

    @Test("a database comes back as well, of which files are parts of chunks that other snapshots stored")
    func database() async throws {
        let database = try await TestDatabase([UInt8](repeating: 7, count: 100_000) + Self.noise(300_000, seed: 3))
        _ = try await database.backUp()
        try database.file.write([1, 2, 3], at: 5000)
        let id = try await database.backUp().snapshot
        let view = try #require(try await database.cluster.repository.readSnapshot(id))
        let turn = try #require(DrillChoice(view).turns.first)
        let result = try await Drill(database.cluster.repository, keys: database.cluster.keys).run(
            turn, DrillPart(.everything, at: DrillSweep(key: 1)), in: place.path)
        #expect(result.worst == nil && result.bytes == 400_000, "\(result.errors)")
        #expect(try await database.references(of: id).contains { !$0.isWhole })
    }

    @Test("finds damage in any pack, names it, and leaves nothing")
    func damage() async throws {
        let id = try await backUp()
        for pack in try await packs() {
            cluster.store.tamper(pack) { $0[$0.count / 2] ^= 1 }
            do {
                let result = try await drill(id)
                #expect(result.worst == .damage && result.errors.allSatisfy { $0.object == pack }, "\(pack)")
            } catch HoldfastError.object(let name, _) {
                // The pack of the listing: nothing of the snapshot can be found.
                #expect(name == pack)
            }
            #expect(try isClean)
            cluster.store.tamper(pack) { $0[$0.count / 2] ^= 1 }
        }
        #expect(try await drill(id).worst == nil)
    }

    @Test("a CMK that is gone, and a store that does not answer, are told as that", arguments: [false, true])
    func unavailable(isStore: Bool) async throws {
        let id = try await backUp()
        if !isStore { cluster.keyManager.set(try #require(try await cluster.repository.readKeyLog().log.active), .destroyed) }
        let repository = Repository(
            id: cluster.repository.id, store: isStore ? PacklessStore(base: cluster.store) : cluster.store, project: "test",
            cluster: "default")
        await #expect {
            _ = try await drill(id, in: repository)
        } throws: { error in
            switch error as? HoldfastError {
            case .cannotOpen(_, let refusals): !isStore && refusals.count == 1
            case .store(.unavailable): isStore
            default: false
            }
        }
        #expect(try isClean)
    }

    @Test("one that is interrupted anywhere leaves nothing")
    func interrupted() async throws {
        let id = try await backUp()
        let reads = Mutex(0)
        _ = try await drill(id, in: counting { reads.withLock { $0 += 1 } })
        let count = reads.withLock { $0 }
        #expect(count > 5)
        for stop in 1...count {
            let seen = Mutex(0)
            let running = Mutex<Task<DrillResult, any Error>?>(nil)
            let gate = AsyncGate(0)
            let repository = counting {
                let isDue = seen.withLock { seen in
                    seen += 1
                    return seen == stop
                }
                if isDue { running.withLock { $0 }?.cancel() }
            }
            let task = Task {
                await gate.enter()
                return try await drill(id, in: repository)
            }
            running.withLock { $0 = task }
            gate.leave()
            switch await task.result {
            case .success, .failure(HoldfastError.interrupted): break
            case .failure(let error): Issue.record("\(error)")
            }
            #expect(try isClean, "stopped at read \(stop)")
        }
    }

    private func counting(_ note: @escaping @Sendable () -> Void) -> Repository {
        let store = GatedStore(cluster.store) { operation, _ in if operation == .read { note() } }
        return Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
    }

    @Test("where there is no room it does not begin, and says how much it needs")
    func room() async throws {
        let scratch = try RestoreScratch()
        let fixture = try RestoreFixture()
        let craft = RestoreCraft(fixture)
        let chunk = craft.chunk([UInt8](repeating: 1, count: 8 << 20))
        // One chunk again and again, so that a small repository has more than any disk.
        for name in 0..<400 { craft.file("f\(name)", [ChunkReference](repeating: chunk, count: 4000)) }
        let snapshot = try await craft.finish()
        // Whatever becomes of the check, nothing of that is written.
        let store = PacklessStore(base: fixture.store, pack: craft.packs[0])
        let repository = Repository(id: fixture.repository.id, store: store, project: "p", cluster: "c")
        let view = try #require(try await repository.readSnapshot(snapshot.id))
        let turn = try #require(DrillChoice(view).turns.first)
        await #expect {
            _ = try await Drill(repository, keys: fixture.keys).run(
                turn, DrillPart(.everything, at: DrillSweep(key: 1)), in: scratch.path)
        } throws: { error in
            if case HoldfastError.noRoom(scratch.path, let needed, let free) = error {
                needed > 12 << 40 && free < needed
            } else {
                false
            }
        }
        #expect(scratch.tree("").isEmpty)
    }
}
