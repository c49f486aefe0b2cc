import Holdfast
import HoldfastModel
import HoldfastTesting
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
}
