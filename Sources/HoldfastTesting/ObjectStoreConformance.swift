package import HoldfastModel

/// What every object store must hold (`ObjectStore`), as sentences that are tried on fresh stores.
///
/// A store's tests run them one by one, as arguments of a test, or all at once through `run`.
package struct ObjectStoreConformance: Sendable {
    /// One thing that a store promises.
    package struct Sentence: Sendable, CustomStringConvertible {
        package let description: String
        /// Throws a `Violation`, or the store's own error where none was due.
        package let holds: @Sendable (any ObjectStore) async throws -> Void

        init(_ description: String, _ holds: @escaping @Sendable (any ObjectStore) async throws -> Void) {
            self.description = description
            self.holds = holds
        }
    }

    /// What a store did instead.
    package struct Violation: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// The sentences that a store broke, each with what happened.
    package struct Failure: Error, CustomStringConvertible {
        package let broken: [String]
        package var description: String { broken.joined(separator: "\n") }
    }

    package static let sentences = reading + creating + racing + replacing + deleting + listing + time

    /// Tries every sentence on a store of its own. Throws `Failure` after the last, naming all that were broken.
    package static func run(on makeStore: @Sendable () async throws -> any ObjectStore) async throws {
        var broken: [String] = []
        for sentence in sentences {
            do {
                try await sentence.holds(try await makeStore())
            } catch {
                broken.append("\(sentence): \(error)")
            }
        }
        if !broken.isEmpty { throw Failure(broken: broken) }
    }
}

extension ObjectStoreConformance {
    static func expect<Value: Equatable>(_ value: Value, is expected: Value, _ what: String) throws(Violation) {
        guard value == expected else { throw Violation(description: "\(what): \(value) instead of \(expected)") }
    }

    static func expect(
        _ expected: StoreError, _ what: String, _ call: () async throws(StoreError) -> Void
    ) async throws(Violation) {
        let thrown = await error(call)
        guard thrown == expected else {
            throw Violation(description: "\(what): \(thrown.map { "\($0)" } ?? "no error") instead of \(expected)")
        }
    }

    static func expectDamaged(_ name: ObjectName, _ call: () async throws(StoreError) -> Void) async throws(Violation) {
        let thrown = await error(call)
        if case .damaged(name, _) = thrown { return }
        throw Violation(description: "\(thrown.map { "\($0)" } ?? "no error") instead of damage to \(name)")
    }

    /// Nil where the call succeeded.
    static func error(_ call: () async throws(StoreError) -> Void) async -> StoreError? {
        do throws(StoreError) {
            try await call()
            return nil
        } catch {
            return error
        }
    }

    /// Ids and sums that ascend with the number.
    static func id(_ number: UInt8) -> SnapshotID { made(SnapshotID(bytes: [UInt8](repeating: number, count: 16).span)) }
    static func sum(_ number: UInt8) -> Digest { made(Digest(bytes: [UInt8](repeating: number, count: 32).span)) }

    private static func made<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("the count is the type's own") }
        return value
    }
}
