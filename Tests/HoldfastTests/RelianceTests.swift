import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

/// What is only told need not stand after a crash; what is decided or remembered must (`docs/PROTOCOL.md`, section 5, ruling 4).
@Suite("Relying on what was read")
struct RelianceTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("a prune relies on every log that it reads, and a dry run on none", arguments: [false, true])
    func prune(isDryRun: Bool) async throws {
        let yard = try await PruneYard()
        _ = try await yard.snapshot()
        let store = WatchedStore(yard.store)
        _ = try await yard.prune(over: store) { $0.isDryRun = isDryRun }
        #expect(store.reliances == [!isDryRun])
    }

    @Test("a check relies on what it reads where this machine will remember it", arguments: [false, true])
    func check(isWatched: Bool) async throws {
        let yard = try await PruneYard()
        _ = try await yard.snapshot()
        let store = WatchedStore(yard.store)
        var request = CheckRequest(.structure, seed: 0)
        if isWatched {
            let witness = try Witness(at: scratch.path + "/witness.sqlite", of: yard.repository.id)
            request.watch = WitnessWatch(witness, policy: yard.policy, at: yard.now)
        }
        #expect(try await CheckRepository(repository: yard.repository(over: store)).run(request).isSound)
        #expect(store.reliances == [isWatched])
    }

    @Test("what is read into the catalog is relied on, and statistics are not")
    func readings() async throws {
        let yard = try await PruneYard()
        _ = try await yard.snapshot()
        let store = WatchedStore(yard.store)
        let catalog = Catalog(at: scratch.path + "/catalog.sqlite", of: yard.repository.id)
        _ = try await yard.repository(over: store).readSnapshots(catalog: catalog)
        #expect(store.reliances == [true])
        _ = try await RepositoryStatistics.read(yard.repository(over: store))
        #expect(store.reliances == [true, false])
    }
}

/// Notes whether many records that are read together are relied on.
private final class WatchedStore: ForwardingStore {
    let base: MemoryStore
    private let noted = Mutex<[Bool]>([])

    init(_ base: MemoryStore) { self.base = base }

    var reliances: [Bool] { noted.withLock(\.self) }

    func read(each names: [ObjectName], isReliedOn: Bool) async -> [Result<[UInt8], StoreError>] {
        noted.withLock { $0.append(isReliedOn) }
        return await base.read(each: names, isReliedOn: isReliedOn)
    }
}
