import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("Prune interrupted, and in company")
struct PruneFaultTests {
    /// One to purge, one to condemn, a dead writer, shared packs, an orphan.
    private func busyYard() async throws -> PruneYard {
        let yard = try await PruneYard()
        let first = try await yard.snapshot(expiresInDays: 1)
        let shared = try await yard.packs(of: first)
        _ = try await yard.snapshot(sharing: shared, base: first, expiresInDays: 1)
        let orphan = try await yard.start()
        _ = try await yard.upload(by: orphan)
        try await yard.store.delete(.record(0, of: orphan))
        yard.advance(days: 2)
        _ = try await yard.snapshot(sharing: shared, base: first, expiresInDays: 300)
        _ = try await yard.prune()
        let dead = try await yard.start(base: first)
        _ = try await yard.upload(by: dead)
        yard.advance(days: 8)
        _ = try await yard.snapshot(expiresInDays: 300)
        return yard
    }

    private func isClean(_ yard: PruneYard) async throws -> Bool {
        let views = try await yard.repository.readSnapshots()
        let isSettled = views.allSatisfy { $0.log.state == .live }
        let garbage = try await yard.garbage()
        return isSettled && garbage.isEmpty && views.count == 2
    }

    @Test("wherever it dies nothing that lives is lost, and the next run ends the work", arguments: Fault.Moment.allCases)
    func crash(moment: Fault.Moment) async throws {
        var occurrence = 0
        var isStruck = true
        while isStruck {
            occurrence += 1
            let yard = try await busyYard()
            let faulty = FaultyStore(yard.store, Fault(at: occurrence, moment, isLasting: true))
            _ = try? await yard.prune(over: faulty)
            isStruck = faulty.account.unexercised.isEmpty
            #expect(try await yard.lostPacks().isEmpty, "after call \(occurrence)")
            _ = try await yard.prune()
            #expect(try await isClean(yard), "after call \(occurrence)")
        }
        #expect(occurrence > 40)
    }

    @Test("a single lost answer costs at most another run", arguments: Fault.Moment.allCases)
    func lostAnswer(moment: Fault.Moment) async throws {
        var occurrence = 0
        var isStruck = true
        while isStruck {
            occurrence += 1
            let yard = try await busyYard()
            let faulty = FaultyStore(yard.store, Fault(at: occurrence, moment))
            _ = try? await yard.prune(over: faulty)
            isStruck = faulty.account.unexercised.isEmpty
            _ = try await yard.prune()
            #expect(try await yard.lostPacks().isEmpty, "after call \(occurrence)")
            #expect(try await isClean(yard), "after call \(occurrence)")
        }
    }

    @Test("where there is room for not one record, what needs none goes first, and makes it", arguments: [true, false])
    func noRoom(areTemporariesLeft: Bool) async throws {
        let yard = try await busyYard()
        if !areTemporariesLeft {
            let orphan = try await yard.start()
            _ = try await yard.upload(by: orphan)
            try await yard.store.delete(.record(0, of: orphan))
        }
        let full = FullStore(base: yard.store)
        let prune = Prune(
            repository: yard.repository(over: full),
            removeTemporaries: { _ in
                if areTemporariesLeft { full.makeRoom() }
                return 1
            })
        #expect(try await prune.run(yard.request()).stopped.isEmpty)
        #expect(try await yard.lostPacks().isEmpty)
        #expect(try await isClean(yard))
    }

    @Test("where nothing can be deleted without a record, prune says that there is no room, and has harmed nothing")
    func noRoomAtAll() async throws {
        let yard = try await PruneYard()
        _ = try await yard.snapshot(expiresInDays: 300)
        let id = try await yard.snapshot(expiresInDays: 300)
        _ = try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        yard.advance(days: 8)
        let names = yard.store.names
        let error = await #expect(throws: HoldfastError.self) { try await yard.prune(over: FullStore(base: yard.store)) }
        guard case .store(.noSpace) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(yard.store.names == names)
    }

    @Test("two at once do what one does", arguments: 0..<20)
    func twoPruners(round: Int) async throws {
        let yard = try await busyYard()
        async let first = yard.prune()
        async let second = yard.prune()
        _ = try await (first, second)
        #expect(try await yard.lostPacks().isEmpty)
        #expect(try await isClean(yard))
    }

    @Test("an acknowledged undelete is honoured, one that comes too late is refused", arguments: 0..<30)
    func undeleteAgainstPrune(round: Int) async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 1)
        _ = try await yard.prune()
        yard.advance(days: 7)
        let undelete = Task {
            for _ in 0..<round { await Task.yield() }
            try await Undelete(repository: yard.repository).run(id, .hold("case-7"), at: yard.now, by: "admin")
        }
        _ = try await yard.prune()
        let isHonoured: Bool
        do {
            try await undelete.value
            isHonoured = true
        } catch is HoldfastError {
            isHonoured = false
        }
        _ = try await yard.prune()
        #expect(try await yard.lostPacks().isEmpty)
        let isLive = try await yard.view(id)?.log.state == .live
        #expect(isLive == isHonoured)
    }

    @Test("a snapshot taken beside a prune loses nothing", arguments: 0..<30)
    func writerBesidePrune(round: Int) async throws {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 0)
        let base = try await yard.snapshot(expiresInDays: 1)
        let packs = try await yard.packs(of: base)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 2)
        let shared = yard
        let writer = Task {
            for _ in 0..<round { await Task.yield() }
            try await shared.write(onto: base, packs)
        }
        _ = try await yard.prune()
        try await writer.value
        _ = try await yard.prune()
        #expect(try await yard.lostPacks().isEmpty)
        #expect(try await yard.garbage().isEmpty)
    }
}

extension PruneYard {
    /// A writer as the protocol has it: start, then look at the base, then upload, then commit.
    fileprivate func write(onto base: SnapshotID, _ packs: [PackEntry]) async throws {
        let id = try await start(base: base)
        await Task.yield()
        let hasManifest = try await view(base)?.log.exists == true
        let hasStart = try await repository.exists(.record(0, of: base))
        let isAlive = hasManifest && hasStart
        await Task.yield()
        let own = try await upload(by: id)
        try await commit(id, packs: isAlive ? packs + [own] : [own], base: isAlive ? base : nil, expiresInDays: 300)
    }
}

/// Takes nothing until something was deleted.
private final class FullStore: ForwardingStore {
    let base: MemoryStore
    private let hasRoom = Mutex(false)

    init(base: MemoryStore) { self.base = base }

    func makeRoom() { hasRoom.withLock { $0 = true } }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        guard hasRoom.withLock(\.self) else { throw .noSpace(name) }
        try await base.create(name, bytes)
    }

    func delete(_ name: ObjectName) async throws(StoreError) {
        if base.names.contains(name) { makeRoom() }
        try await base.delete(name)
    }
}
