import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("A repository far away")
struct ReadingAtOnceTests {
    @Test("has many of its logs read, and of its owners' packs listed, at once", arguments: [StoreOperation.read, .list])
    func atOnce(_ operation: StoreOperation) async throws {
        let cluster = try await TestCluster()
        for number: UInt8 in 1...4 {
            let source = try Scratch()
            try source.write([number], to: "a")
            _ = try await cluster.backUp(cluster.request([source.path], after: Int64(number)))
        }
        let meeting = Meeting()
        let store = GatedStore(cluster.store) { call, name in
            let isOfOneSnapshot = name.hasPrefix(operation == .read ? "snapshots/" : "packs/") && name.count > 38
            if call == operation, isOfOneSnapshot { await meeting.attend() }
        }
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        let result = try await CheckRepository(repository: repository).run(CheckRequest(.structure, seed: 1))
        #expect(result.damagedSnapshots.isEmpty)
        #expect(meeting.mostAtOnce == 4)
    }
}

/// Those who attend wait for each other, though not for ever.
private final class Meeting: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var mostAtOnce: Int { state.withLock { $0.most } }

    func attend() async {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
        for _ in 0..<10_000 where mostAtOnce < 4 { await Task.yield() }
        state.withLock { $0.now -= 1 }
    }
}
