import HoldfastModel
import HoldfastTesting

/// Fails the calls that a rule names, and does not pass them on.
final class RefusingStore: ForwardingStore {
    typealias Rule = @Sendable (StoreOperation, ObjectName) -> StoreError?

    let base: MemoryStore
    private let refusal: Rule

    init(_ base: MemoryStore, _ refusal: @escaping Rule) {
        self.base = base
        self.refusal = refusal
    }

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        if let error = refusal(.read, name) { throw error }
        return try await base.read(name, range: range)
    }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        if let error = refusal(.create, name) { throw error }
        try await base.create(name, bytes)
    }

    func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        if let error = refusal(.replace, name) { throw error }
        try await base.replace(name, bytes)
    }

    func delete(_ name: ObjectName) async throws(StoreError) {
        if let error = refusal(.delete, name) { throw error }
        try await base.delete(name)
    }
}
