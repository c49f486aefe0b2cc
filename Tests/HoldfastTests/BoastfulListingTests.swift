import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Listings that say of each object that it is as long as can be")
struct BoastfulListingTests {
    @Test("a prune deletes such packs, and calls what that frees as much as there can be")
    func packs() async throws {
        let yard = try await PruneYard()
        let gone = [try await yard.snapshot(expiresInDays: 1), try await yard.snapshot(expiresInDays: 1)]
        yard.advance(days: 2)
        _ = try await yard.snapshot(expiresInDays: 300)
        _ = try await yard.prune()
        yard.advance(days: 8)
        let result = try await yard.prune(over: BoastingStore(base: yard.store, prefix: "packs/"))
        #expect(Set(result.purged) == Set(gone) && result.packsDeleted == 2 && result.bytesFreed == .max)
    }

    @Test("records of such a length are not read, and their snapshots are unreadable")
    func records() async throws {
        let yard = try await PruneYard()
        for _ in 0..<2 { _ = try await yard.snapshot() }
        let store = BoastingStore(base: yard.store, prefix: "snapshots/")
        let views = try await yard.repository(over: store).readSnapshots()
        #expect(views.count == 2 && views.allSatisfy { $0.problems[0] != nil && $0.log.exists })
    }
}

private struct BoastingStore: ForwardingStore {
    let base: MemoryStore
    let prefix: String

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        try await base.list(prefix).map { object in
            guard object.name.text.hasPrefix(self.prefix) else { return object }
            return StoredObject(name: object.name, byteCount: .max, modified: object.modified)
        }
    }
}
