package import HoldfastModel
import Synchronization

/// A store behind which another does the work, and whose calls go wrong as planned.
///
/// A call that fails *before* never reaches the base: `.unavailable`. One that fails *after* has been done, and its answer is lost:
/// `.unclear` for a create, `.unavailable` for all others, and the base's own refusal is lost as well.
package final class FaultyStore<Base: ObjectStore>: ObjectStore {
    private let base: Base
    private let plan: Mutex<FaultPlan>

    package init(_ base: Base, _ plan: FaultPlan) {
        self.base = base
        self.plan = Mutex(plan)
    }

    package convenience init(_ base: Base, _ faults: Fault...) { self.init(base, FaultPlan(faults)) }

    /// The plan's account so far: what struck and what did not.
    package var account: FaultPlan { plan.withLock(\.self) }

    private func passing<Answer: Sendable>(
        _ operation: StoreOperation, on text: String, lost: StoreError? = nil,
        _ call: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let moment = plan.withLock { $0.fault(for: operation) }
        if moment == .before { throw .unavailable(text, detail: "injected before \(operation)") }
        guard moment == .after else { return try await call() }
        // Whatever the store answers, be it a refusal, is what gets lost.
        do throws(StoreError) { _ = try await call() } catch { _ = error }
        throw lost ?? .unavailable(text, detail: "injected after \(operation)")
    }

    package func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        try await passing(.read, on: name.text) { () throws(StoreError) in try await base.read(name, range: range) }
    }

    package func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? {
        try await passing(.stat, on: name.text) { () throws(StoreError) in try await base.stat(name) }
    }

    package func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        try await passing(.create, on: name.text, lost: .unclear(name)) { () throws(StoreError) in
            try await base.create(name, bytes)
        }
    }

    package func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        try await passing(.replace, on: name.text) { () throws(StoreError) in try await base.replace(name, bytes) }
    }

    package func delete(_ name: ObjectName) async throws(StoreError) {
        try await passing(.delete, on: name.text) { () throws(StoreError) in try await base.delete(name) }
    }

    package func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        try await passing(.list, on: prefix.text) { () throws(StoreError) in try await base.list(prefix) }
    }

    package func listPackOwners() async throws(StoreError) -> [SnapshotID] {
        try await passing(.listPackOwners, on: "packs/") { () throws(StoreError) in try await base.listPackOwners() }
    }

    package func now() async throws(StoreError) -> Timestamp {
        try await passing(.now, on: "the clock") { () throws(StoreError) in try await base.now() }
    }
}
