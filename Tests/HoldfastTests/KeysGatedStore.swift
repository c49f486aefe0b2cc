import HoldfastModel
import HoldfastTesting
import Synchronization

/// Lets the calls of several stores pass, one account for all.
final class Gate: Sendable {
    private let plan: Mutex<FaultPlan>

    init(_ faults: Fault...) { plan = Mutex(FaultPlan(faults)) }

    var hasStruck: Bool { plan.withLock { $0.injectedCount > 0 } }

    func moment(of operation: StoreOperation) -> Fault.Moment? { plan.withLock { $0.fault(for: operation) } }
}

/// A store whose faults are counted together with those of others, and which a test can let something happen before.
struct GatedStore: ObjectStore {
    private let base: any ObjectStore
    private let gate: Gate
    private let before: @Sendable (StoreOperation, String) async -> Void

    init(
        _ base: any ObjectStore, _ gate: Gate = Gate(),
        before: @escaping @Sendable (StoreOperation, String) async -> Void = { _, _ in }
    ) {
        self.base = base
        self.gate = gate
        self.before = before
    }

    private func pass<Answer: Sendable>(
        _ operation: StoreOperation, _ text: String, _ call: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        await before(operation, text)
        let moment = gate.moment(of: operation)
        if moment == .before { throw .unavailable(text, detail: "injected before") }
        let answer = try await call()
        if moment == .after { throw .unavailable(text, detail: "injected after") }
        return answer
    }

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        try await pass(.read, name.text) { () throws(StoreError) in try await base.read(name, range: range) }
    }

    func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? {
        try await pass(.stat, name.text) { () throws(StoreError) in try await base.stat(name) }
    }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        try await pass(.create, name.text) { () throws(StoreError) in try await base.create(name, bytes) }
    }

    func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        try await pass(.replace, name.text) { () throws(StoreError) in try await base.replace(name, bytes) }
    }

    func delete(_ name: ObjectName) async throws(StoreError) {
        try await pass(.delete, name.text) { () throws(StoreError) in try await base.delete(name) }
    }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        try await pass(.list, prefix.text) { () throws(StoreError) in try await base.list(prefix) }
    }

    func listPackOwners() async throws(StoreError) -> [SnapshotID] {
        try await pass(.listPackOwners, "packs/") { () throws(StoreError) in try await base.listPackOwners() }
    }

    func now() async throws(StoreError) -> Timestamp {
        try await pass(.now, "clock") { () throws(StoreError) in try await base.now() }
    }
}
