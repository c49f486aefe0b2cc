package import HoldfastModel
import Synchronization

/// Some creates do not arrive, and those who sent them do not hear of that.
package final class DeafStore: ForwardingStore {
    package let base: MemoryStore
    private let deaf: ClosedRange<Int>
    private let creates = Mutex(0)

    /// Counted from 1.
    package init(_ base: MemoryStore, deafTo creates: ClosedRange<Int>) {
        self.base = base
        deaf = creates
    }

    package func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        let number = creates.withLock { creates in
            creates += 1
            return creates
        }
        guard !deaf.contains(number) else { throw .unclear(name) }
        try await base.create(name, bytes)
    }
}
