import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("Prune over listings that take their time")
struct PruneListingTests {
    private static let child = SnapshotID(String(repeating: "0", count: 32))
    private static let base = SnapshotID(String(repeating: "f", count: 32))

    @Test("a base that becomes final behind a listing's back keeps what its child needs", arguments: 1...4, [false, true])
    func finalBehindTheListing(occurrence: Int, isPurged: Bool) async throws {
        let yard = try await PruneYard()
        let child = try #require(Self.child)
        let base = try #require(Self.base)
        try await yard.start(base)
        let pack = try await yard.upload(by: base)
        try await yard.commit(base, packs: [pack], expiresInDays: 300)
        // Between the child's place in the listing and its base's: the child is taken, and the base is on its way.
        let slow = SlowListingStore(
            yard.store,
            amid: [
                occurrence: {
                    try await yard.start(child, base: base)
                    try await yard.commit(child, packs: [pack], base: base, expiresInDays: 300)
                    guard !isPurged else { return try await yard.purgeByAnother(base) }
                    try await yard.repository.append(to: base, at: yard.now, by: "other pruner") { _ in .deleting }
                }
            ])
        _ = try await yard.prune(over: slow)
        #expect(try await yard.lostPacks().isEmpty)
        _ = try await yard.prune()
        #expect(try await yard.lostPacks().isEmpty)
    }

    @Test(
        "packs of an owner long gone stay with whoever took them over from a base that went behind a listing's back",
        arguments: 1...4)
    func purgedBehindTheListing(occurrence: Int) async throws {
        let yard = try await PruneYard()
        let child = try #require(Self.child)
        let base = try #require(Self.base)
        let owner = try await yard.start()
        let pack = try await yard.upload(by: owner)
        try await yard.store.delete(.record(0, of: owner))
        try await yard.start(base)
        try await yard.commit(base, packs: [pack], expiresInDays: 300)
        let slow = SlowListingStore(
            yard.store,
            amid: [
                occurrence: {
                    try await yard.start(child, base: base)
                    try await yard.commit(child, packs: [pack], base: base, expiresInDays: 300)
                    try await yard.purgeByAnother(base)
                }
            ])
        _ = try await yard.prune(over: slow)
        #expect(try await yard.lostPacks().isEmpty)
    }

    @Test("a start record that a listing missed is looked for before its packs and records go")
    func missedStart() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        let blind = SlowListingStore(yard.store, hiding: .record(0, of: id))
        _ = try await yard.prune(over: blind)
        #expect(try await yard.lostPacks().isEmpty)
        #expect(try await yard.view(id)?.log.state == .live)
    }

    /// A pack of an owner long gone, a snapshot that took it over and lives, and another that did and goes in this run.
    private func inheritance() async throws -> (yard: PruneYard, heir: SnapshotID, pack: PackEntry) {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 0)
        let owner = try await yard.start()
        let pack = try await yard.upload(by: owner)
        try await yard.store.delete(.record(0, of: owner))
        let heir = try await yard.snapshot(sharing: [pack], expiresInDays: 300)
        _ = try await yard.snapshot(sharing: [pack], expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 2)
        return (yard, heir, pack)
    }

    @Test(
        "a listing that leaves out a snapshot, or its start record alone, costs it none of the packs that it took over",
        arguments: 1...5, [false, true])
    func leftOutOnce(occurrence: Int, isConfirmed: Bool) async throws {
        for isWhole in [true, false] {
            let (yard, heir, pack) = try await inheritance()
            let hidden = isWhole ? ObjectPrefix.snapshot(heir).text : ObjectName.record(0, of: heir).text
            let forgetful = ForgetfulStore(yard.store, leavingOut: hidden, in: occurrence...occurrence)
            let result = try await yard.prune(over: forgetful) { $0.isConfirmed = isConfirmed }
            #expect(yard.has(pack) && result.purged.count == 1 && result.stopped.isEmpty)
            #expect(try await yard.lostPacks().isEmpty)
        }
    }

    @Test("what this machine remembers is looked for where no listing of the run has shown it")
    func leftOutAtFirst() async throws {
        let (yard, heir, pack) = try await inheritance()
        let scratch = try Scratch()
        let witness = try Witness(at: scratch.path + "/witness.sqlite", of: yard.repository.id)
        #expect(try await yard.reading(witness).alarms.isEmpty)
        let forgetful = ForgetfulStore(yard.store, leavingOut: ObjectPrefix.snapshot(heir).text, in: 1...3)
        _ = try await yard.prune(over: forgetful, witness: witness)
        #expect(yard.has(pack))
    }

    @Test("where listings leave it out again and again, prune gives up and names it, and deletes nothing")
    func leftOutForEver() async throws {
        let (yard, heir, _) = try await inheritance()
        let packs = yard.store.names.filter { $0.text.hasPrefix("packs/") }
        let forgetful = ForgetfulStore(yard.store, leavingOut: ObjectPrefix.snapshot(heir).text, in: 2...1000)
        let error = await #expect(throws: HoldfastError.self) { try await yard.prune(over: forgetful) }
        guard case .inconsistent("snapshots/", let detail) = error, detail.contains(heir.hex) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(yard.store.names.filter { $0.text.hasPrefix("packs/") } == packs)
    }
}

/// Leaves objects out of some of its listings of all snapshots, which are counted from 1.
private final class ForgetfulStore: ForwardingStore {
    let base: MemoryStore
    private let hidden: String
    private let occurrences: ClosedRange<Int>
    private let count = Mutex(0)

    init(_ base: MemoryStore, leavingOut hidden: String, in occurrences: ClosedRange<Int>) {
        (self.base, self.hidden, self.occurrences) = (base, hidden, occurrences)
    }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        let listed = try await base.list(prefix)
        guard prefix == .snapshots else { return listed }
        let call = count.withLock { count in
            count += 1
            return count
        }
        return occurrences.contains(call) ? listed.filter { !$0.name.text.hasPrefix(hidden) } : listed
    }
}
