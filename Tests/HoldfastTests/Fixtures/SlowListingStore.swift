import HoldfastModel
import HoldfastTesting
import Synchronization

/// Lists snapshots in two halves of the alphabet, and lets something happen amid the listings or after them, which are counted from 1.
final class SlowListingStore: ForwardingStore {
    typealias Event = @Sendable () async throws -> Void

    let base: MemoryStore
    private let hidden: ObjectName?
    private let count = Mutex(0)
    private let amid: [Int: Event]
    private let after: [Int: Event]

    init(_ base: MemoryStore, hiding hidden: ObjectName? = nil, amid: [Int: Event] = [:], after: [Int: Event] = [:]) {
        (self.base, self.hidden, self.amid, self.after) = (base, hidden, amid, after)
    }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        guard prefix == .snapshots else { return try await base.list(prefix) }
        let call = count.withLock { count in
            count += 1
            return count
        }
        let middle = "snapshots/8"
        let lower = try await base.list(prefix).filter { $0.name.text < middle }
        try await happen(amid[call])
        let upper = try await base.list(prefix).filter { $0.name.text >= middle }
        try await happen(after[call])
        return (lower + upper).filter { $0.name != hidden }
    }

    private func happen(_ event: Event?) async throws(StoreError) {
        do { try await event?() } catch { throw .unavailable("the test", detail: "\(error)") }
    }
}
