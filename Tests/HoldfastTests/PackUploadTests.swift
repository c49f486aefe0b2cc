import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("A pack that is handed over in parts")
struct PackUploadTests {
    private static let mebibyte = 1 << 20

    private static func backUp(_ cluster: TestCluster, over store: PartsStore, _ source: Scratch) async throws -> BackupSummary {
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        var request = cluster.request([source.path])
        request.packByteCount = 10 * mebibyte
        return try await Backup(
            repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress()
        ).run(request)
    }

    private static func source() throws -> (Scratch, [UInt8]) {
        var random = SeededRandom(seed: 5)
        let (source, bytes) = (try Scratch(), random.bytes(14 * mebibyte))
        try source.write(bytes, to: "noise")
        return (source, bytes)
    }

    @Test("comes in the order in which it was sealed, and where a part ends says nothing of what is in it")
    func whole() async throws {
        let (cluster, (source, bytes)) = (try await TestCluster(), try Self.source())
        let store = PartsStore(cluster.store)
        let summary = try await Self.backUp(cluster, over: store, source)
        #expect(store.packs.contains { $0.count > 1 })
        for parts in store.packs { #expect(parts.dropLast().allSatisfy { $0 == 4 * Self.mebibyte }, "\(parts)") }
        #expect(try await cluster.contents(summary.snapshot) == ["\(source.path)/noise": bytes])
    }

    @Test("of which a part fails ends the backup with what that failed of, and is given no name", arguments: [1, 3])
    func failing(number: Int) async throws {
        let (cluster, (source, _)) = (try await TestCluster(), try Self.source())
        let store = PartsStore(cluster.store, refusing: number)
        let error = await #expect(throws: HoldfastError.self) { try await Self.backUp(cluster, over: store, source) }
        switch error {
        case .store(.noSpace): #expect(try await cluster.repository.readSnapshots().map(\.log.state) == [.aborted])
        // On a machine that takes a minute for this there is a checkpoint.
        case .suspended(_, .store(.noSpace)): break
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test("is asked for its name again where the answer was lost")
    func unclear() async throws {
        let (cluster, (source, bytes)) = (try await TestCluster(), try Self.source())
        let store = PartsStore(cluster.store, losingAnswers: 2)
        let summary = try await Self.backUp(cluster, over: store, source)
        #expect(try await cluster.contents(summary.snapshot) == ["\(source.path)/noise": bytes])
    }
}

/// Takes objects in parts, and notes how long those were.
private final class PartsStore: ForwardingStore {
    private struct State {
        var packs: [[Int]] = []
        var partCount = 0
        var lostAnswers: Int
    }

    private final class Growing: GrowingObject {
        private let store: PartsStore
        private let parts = Mutex<[[UInt8]]>([])
        private let isBroken = Mutex(false)

        init(in store: PartsStore) { self.store = store }

        func append(_ part: [UInt8]) async throws(StoreError) {
            guard store.takes() else {
                isBroken.withLock { $0 = true }
                throw .noSpace(.temporary(Random.id()))
            }
            parts.withLock { $0.append(part.map { $0 }) }
        }

        func create(_ name: ObjectName) async throws(StoreError) {
            if isBroken.withLock(\.self) { Issue.record("\(name) lacks a part") }
            guard store.answers() else { throw .unclear(name) }
            let parts = parts.withLock(\.self)
            try await store.base.create(name, parts.flatMap(\.self))
            store.state.withLock { $0.packs.append(parts.map(\.count)) }
        }
    }

    let base: MemoryStore
    private let refused: Int?
    private let state: Mutex<State>

    /// `number`: that part is refused, counted over all packs. `count`: so many packs are not created when they are asked for their names.
    init(_ base: MemoryStore, refusing number: Int? = nil, losingAnswers count: Int = 0) {
        self.base = base
        refused = number
        state = Mutex(State(lostAnswers: count))
    }

    /// The lengths of the parts of each pack, in bytes.
    var packs: [[Int]] { state.withLock(\.packs) }

    func begin() -> (any GrowingObject)? { Growing(in: self) }

    private func takes() -> Bool {
        state.withLock { state in
            state.partCount += 1
            return state.partCount != refused
        }
    }

    private func answers() -> Bool {
        state.withLock { state in
            state.lostAnswers -= 1
            return state.lostAnswers < 0
        }
    }
}
