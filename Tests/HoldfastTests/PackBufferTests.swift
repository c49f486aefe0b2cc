import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("The memory of packs")
struct PackBufferTests {
    @Test("is reused: fresh memory for each pack costs more than sealing what goes there", arguments: [true, false])
    func reused(takesParts: Bool) async throws {
        let cluster = try await TestCluster()
        let store = PlaceNotingStore(cluster.store, takesParts: takesParts)
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        let source = try Scratch()
        var random = SeededRandom(seed: 3)
        try source.write(random.bytes(takesParts ? 40 << 20 : 24 << 20), to: "noise")
        var request = cluster.request([source.path])
        request.packByteCount = takesParts ? 12 << 20 : 1 << 20
        _ = try await Backup(repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress())
            .run(request)
        let places = store.places
        #expect(places.count > 9)
        // Two packs of data at a time, or four parts, and one of the listing.
        #expect(Set(places).count <= (takesParts ? 5 : 3))
    }
}

/// Notes where in memory the packs lie that it is given, and keeps copies, as a disk would.
private final class PlaceNotingStore: ForwardingStore {
    private final class Growing: GrowingObject {
        private let store: PlaceNotingStore
        private let bytes = Mutex<[UInt8]>([])

        init(in store: PlaceNotingStore) { self.store = store }

        func append(_ part: [UInt8]) async throws(StoreError) {
            let copy = store.noted(part)
            bytes.withLock { $0 += copy }
        }

        func create(_ name: ObjectName) async throws(StoreError) {
            try await store.base.create(name, bytes.withLock(\.self))
        }
    }

    private struct State {
        var places: [UInt] = []
        /// As long as a pack's buffer, and never given back: what a writer drops for a new one does not come up a second time.
        var taken: [[UInt8]] = []
    }

    let base: MemoryStore
    private let takesParts: Bool
    private let state = Mutex(State())

    init(_ base: MemoryStore, takesParts: Bool) {
        self.base = base
        self.takesParts = takesParts
    }

    var places: [UInt] { state.withLock { $0.places } }

    func begin() -> (any GrowingObject)? { takesParts ? Growing(in: self) : nil }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        if case .pack = name.parsed { return try await base.create(name, noted(bytes)) }
        try await base.create(name, bytes)
    }

    private func noted(_ bytes: [UInt8]) -> [UInt8] {
        let place = unsafe bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        var taken: [UInt8] = []
        taken.reserveCapacity(bytes.capacity)
        state.withLock { state in
            state.places.append(place)
            state.taken.append(taken)
        }
        return bytes.map { $0 }
    }
}
