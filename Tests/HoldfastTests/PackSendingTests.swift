import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@testable import Holdfast

@Suite("The parts of a pack", .timeLimit(.minutes(20)))
struct PackSendingTests {
    private static let slotCount = 4

    private struct Sending {
        let upload: PackUpload
        let registry: PackRegistry
        let slots = PackSlots(slotCount)
        let store: HeldStore

        init(_ cluster: TestCluster) {
            let snapshot = PackSelection.Snapshot(
                time: Timestamp(seconds: 0), keptUntil: Timestamp(seconds: 0), packByteCount: 16 << 20)
            registry = PackRegistry(
                known: PackKeys(), nextPackNumber: 1, snapshot: snapshot, uses: [:],
                selection: PackSelection(of: [], for: snapshot),
                lost: [])
            store = HeldStore(cluster.store)
            upload = PackUpload(
                number: registry.allocate(),
                to: Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default"),
                of: Random.id(), registry: registry, progress: BackupProgress(), slots: slots)
        }

        func add(_ part: [UInt8]) async {
            await slots.enter()
            upload.add(part)
        }

        /// Closes a pack in which there is nothing, so that it is all of a last part.
        func close() async {
            await slots.enter()
            upload.add(PackWriter(capacity: 0).close())
        }

        /// All slots are free again; else this waits for ever.
        func expectFreeSlots() async {
            for _ in 0..<slotCount { await slots.enter() }
        }
    }

    @Test("are sent in their order by the task that is at it, whoever comes meanwhile, and the pack is named when all are there")
    func order() async throws {
        let cluster = try await TestCluster()
        let sending = Sending(cluster)
        await sending.add([1, 2])
        async let first: Void = sending.upload.send()
        await sending.store.arrival.wait()
        await sending.add([3])
        await sending.close()
        // Another task is at it: nothing is waited for.
        try await sending.upload.send()
        #expect(sending.store.parts == [[1, 2]])
        sending.store.permit.give()
        try await first
        #expect(sending.store.parts.prefix(2) == [[1, 2], [3]] && sending.store.parts.count == 3)
        let name = try #require(cluster.store.names.first { $0.text.hasPrefix("packs/") })
        let bytes = try await cluster.store.read(name)
        #expect(bytes == sending.store.parts.flatMap(\.self))
        #expect(name.text.hasSuffix(SHA256.hash(bytes.span).hex))
        #expect(try await sending.registry.arrived(before: 2))
        await sending.expectFreeSlots()
    }

    @Test(
        "give their slots back where one fails, also those that come later, and the failure is told to whoever waits for the pack"
    )
    func failure() async throws {
        let cluster = try await TestCluster()
        let sending = Sending(cluster)
        await sending.add([1])
        sending.store.isFull.withLock { $0 = true }
        async let first = await #expect(throws: HoldfastError.self) { try await sending.upload.send() }
        await sending.store.arrival.wait()
        await sending.add([2])
        sending.store.permit.give()
        guard case .store(.noSpace) = await first else { return #expect(Bool(false)) }
        await sending.close()
        try await sending.upload.send()
        await sending.expectFreeSlots()
        #expect(sending.store.parts == [[1]])
        #expect(!cluster.store.names.contains { $0.text.hasPrefix("packs/") })
        let told = await #expect(throws: HoldfastError.self) { try await sending.registry.arrived(before: 2) }
        guard case .store(.noSpace) = told else { return #expect(Bool(false)) }
    }
}

/// Takes objects in parts, the first of which waits for a permit.
private final class HeldStore: ForwardingStore {
    private final class Growing: GrowingObject {
        private let store: HeldStore

        init(in store: HeldStore) { self.store = store }

        func append(_ part: [UInt8]) async throws(StoreError) {
            let isFirst = store.taken.withLock { taken in
                taken.append(part)
                return taken.count == 1
            }
            guard isFirst else { return }
            store.arrival.give()
            await store.permit.wait()
            guard !store.isFull.withLock(\.self) else { throw .noSpace(.temporary(Random.id())) }
        }

        func create(_ name: ObjectName) async throws(StoreError) {
            try await store.base.create(name, store.parts.flatMap(\.self))
        }
    }

    let base: MemoryStore
    let arrival = AsyncSignal()
    let permit = AsyncSignal()
    let isFull = Mutex(false)
    private let taken = Mutex<[[UInt8]]>([])

    init(_ base: MemoryStore) { self.base = base }

    var parts: [[UInt8]] { taken.withLock(\.self) }

    func begin() -> (any GrowingObject)? { Growing(in: self) }
}
