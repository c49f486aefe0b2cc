package import HoldfastModel

/// What every key manager must hold (`KeyManager`), as sentences that are tried on fresh key managers.
///
/// A key manager's tests run them one by one, as arguments of a test, or all at once through `run`.
package struct KeyManagerConformance: Sendable {
    /// A key manager, and what a test may do with it that the port does not offer.
    package struct Subject: Sendable {
        package let manager: any KeyManager
        /// The project that its CMKs are created for.
        let project: String
        /// A well-formed URI that it does not know.
        let unknown: CMK
        /// Whether each call costs so much that not every byte of an envelope is tried.
        let isSlow: Bool
        /// Creates an enabled CMK under a label.
        let createCMK: @Sendable (String) async throws -> CMK
        /// Pretends that the CMK was proven to be needed by nothing.
        let prove: @Sendable (CMK) -> DeletionProof

        package init(
            manager: any KeyManager, project: String, unknown: CMK, isSlow: Bool = false,
            createCMK: @escaping @Sendable (String) async throws -> CMK, prove: @escaping @Sendable (CMK) -> DeletionProof
        ) {
            self.manager = manager
            self.project = project
            self.unknown = unknown
            self.isSlow = isSlow
            self.createCMK = createCMK
            self.prove = prove
        }
    }

    /// One thing that a key manager promises.
    package struct Sentence: Sendable, CustomStringConvertible {
        package let description: String
        /// Throws a `Violation`, or the key manager's own error where none was due.
        package let holds: @Sendable (Subject) async throws -> Void

        init(_ description: String, _ holds: @escaping @Sendable (Subject) async throws -> Void) {
            self.description = description
            self.holds = holds
        }
    }

    /// What a key manager did instead.
    package struct Violation: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// The sentences that a key manager broke, each with what happened.
    package struct Failure: Error, CustomStringConvertible {
        package let broken: [String]
        package var description: String { broken.joined(separator: "\n") }
    }

    package static let sentences = wrapping + states

    /// Tries every sentence on a subject of its own. Throws `Failure` after the last, naming all that were broken.
    package static func run(on makeSubject: @Sendable () async throws -> Subject) async throws {
        var broken: [String] = []
        for sentence in sentences {
            do {
                try await sentence.holds(try await makeSubject())
            } catch {
                broken.append("\(sentence): \(error)")
            }
        }
        if !broken.isEmpty { throw Failure(broken: broken) }
    }
}

extension KeyManagerConformance {
    static func expect<Value: Equatable>(_ value: Value, is expected: Value, _ what: String) throws(Violation) {
        guard value == expected else { throw Violation(description: "\(what): \(value) instead of \(expected)") }
    }

    static func expect(
        _ expected: KeyManagerError, _ what: String, _ call: () async throws(KeyManagerError) -> Void
    ) async throws(Violation) {
        var thrown: KeyManagerError?
        do throws(KeyManagerError) {
            try await call()
        } catch {
            thrown = error
        }
        guard thrown == expected else {
            throw Violation(description: "\(what): \(thrown.map { "\($0)" } ?? "no error") instead of \(expected)")
        }
    }
}

extension KeyManagerConformance.Subject {
    /// A snapshot key whose bytes a test knows.
    static let keyBytes = (0..<32).map { UInt8($0) ^ 0xa5 }

    func context(snapshot: UInt8 = 2) -> EncryptionContext {
        EncryptionContext(
            project: project, cluster: "default", repository: Self.id(1), snapshot: Self.id(snapshot), node: "node-1",
            kind: .manifest)
    }

    /// Contexts that differ from `context()` in one pair each.
    var otherContexts: [EncryptionContext] {
        let (repository, snapshot): (RepositoryID, SnapshotID) = (Self.id(1), Self.id(2))
        func context(
            project: String? = nil, cluster: String = "default", repository: RepositoryID = repository,
            snapshot: SnapshotID = snapshot, node: String = "node-1", kind: EncryptionContext.Kind = .manifest
        ) -> EncryptionContext {
            EncryptionContext(
                project: project ?? self.project, cluster: cluster, repository: repository, snapshot: snapshot, node: node,
                kind: kind)
        }
        return [
            context(project: project + "2"), context(cluster: "other"), context(repository: Self.id(9)),
            context(snapshot: Self.id(9)), context(node: "node-2"), context(kind: .checkpoint),
            context(cluster: "node-1", node: "default"),
        ]
    }

    func wrap(under cmk: CMK) async throws(KeyManagerError) -> Envelope {
        try await manager.wrap(Secret(copying: Self.keyBytes.span), under: cmk, context: context())
    }

    /// What an envelope holds, under the context that `wrap` uses.
    func unwrap(_ envelope: Envelope) async throws(KeyManagerError) -> [UInt8] {
        let key = try await manager.unwrap(envelope, context: context())
        return key.bytes.indices.map { key.bytes[$0] }
    }

    func schedule(_ cmk: CMK, days: Int64 = 7) async throws(KeyManagerError) -> Timestamp {
        guard let waiting = Period(days, .days) else { preconditionFailure("\(days) days are a period") }
        return try await manager.scheduleDeletion(of: cmk, proof: prove(cmk), waiting: waiting)
    }

    private static func id<Tag>(_ byte: UInt8) -> ID<Tag> {
        guard let id = ID<Tag>(bytes: [UInt8](repeating: byte, count: 16).span) else { preconditionFailure("16 bytes") }
        return id
    }
}
