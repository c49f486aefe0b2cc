import HoldfastModel
import HoldfastTesting
import Synchronization

/// Notes what is read of packs, and stops reading them once so many bytes were asked for.
final class ReadingStore: ForwardingStore {
    private struct State {
        var reads: [Range<Int>] = []
        var limit = Int.max
        var whenRead: @Sendable (ObjectName) -> Void = { _ in }
        var byteCount: Int { reads.map(\.count).reduce(0, +) }
    }

    let base: MemoryStore
    private let state = Mutex(State())

    init(_ base: MemoryStore) { self.base = base }

    var packReads: [Range<Int>] { state.withLock { $0.reads } }
    var byteCount: Int { state.withLock { $0.byteCount } }

    /// Begins anew; from `limit` bytes on the store is gone. `whenRead` is called at each read of a pack.
    func forget(limit: Int = .max, whenRead: @escaping @Sendable (ObjectName) -> Void = { _ in }) {
        state.withLock { $0 = State(limit: limit, whenRead: whenRead) }
    }

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        if case .pack = name.parsed, let range {
            state.withLock(\.whenRead)(name)
            let isThere = state.withLock { state in
                guard state.byteCount + range.count <= state.limit else { return false }
                state.reads.append(range)
                return true
            }
            guard isThere else { throw .unavailable(name.text, detail: "stopped by the test") }
        }
        return try await base.read(name, range: range)
    }
}
