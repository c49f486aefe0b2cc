import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Prune, and a snapshot that lives and goes between two listings")
struct PruneHopTests {
    private static let grandchild = SnapshotID(String(repeating: "0", count: 32))
    private static let child = SnapshotID(String(repeating: "8", count: 32))
    private static let base = SnapshotID(String(repeating: "f", count: 32))

    @Test("packs stay with whoever took them over from a snapshot that no listing showed")
    func wholeLifeBehindTheListings() async throws {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 7)
        let grandchild = try #require(Self.grandchild)
        let child = try #require(Self.child)
        let base = try #require(Self.base)
        try await yard.start(base)
        let pack = try await yard.upload(by: base)
        try await yard.commit(base, packs: [pack], expiresInDays: 1)
        yard.clock.advance(bySeconds: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 1)
        _ = try await yard.prune()
        yard.advance(days: 8)
        let now = yard
        let hop = SlowListingStore(
            yard.store,
            amid: [
                3: {
                    try await now.start(grandchild, base: child)
                    try await now.commit(grandchild, packs: [pack], base: child, expiresInDays: 300)
                    try await now.purgeByAnother(child)
                }
            ],
            after: [
                2: {
                    try await now.start(child, base: base)
                    try await now.commit(child, packs: [pack], base: base, expiresInDays: 300)
                }
            ])
        _ = try await yard.prune(over: hop)
        // docs/model, instance R9-hop: without the log of purges this is what the model finds.
        #expect(try await now.lostPacks().isEmpty)
    }
}
