import HoldfastModel
import HoldfastTesting
import Synchronization

/// A store that breaks its word: what rests on that word must be seen to fall, or nobody looks.
enum Breakage: String, CaseIterable, Sendable {
    /// Of two that create one object the second wins as well.
    case overwrites
    /// Listings leave out every seventh object, by its name.
    case hides
    /// Some of what was acknowledged as created is not there.
    case forgets
    /// Packs come back with a bit flipped.
    case rots

    func over(_ store: MemoryStore) -> any ObjectStore { BrokenStore(base: store, breakage: self) }
}

private final class BrokenStore: ForwardingStore {
    let base: MemoryStore
    private let breakage: Breakage
    private let creates = Mutex(0)

    init(base: MemoryStore, breakage: Breakage) { (self.base, self.breakage) = (base, breakage) }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        let number = creates.withLock { creates in
            creates += 1
            return creates
        }
        switch breakage {
        case .overwrites: base.tamper(name) { $0 = bytes }
        case .forgets where number % 20 == 0: return
        case .rots where name.text.hasPrefix("packs/"): base.tamper(name) { $0 = [bytes[0] ^ 1] + bytes.dropFirst() }
        case .hides, .forgets, .rots: try await base.create(name, bytes)
        }
    }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        let listed = try await base.list(prefix)
        guard breakage == .hides, prefix == .snapshots else { return listed }
        return listed.filter { $0.name.text.utf8.reduce(0) { $0 &+ Int($1) } % 7 != 0 }
    }
}
