package import HoldfastCatalog
package import HoldfastModel

/// Writes a promise about retention into a key log, for good: later promises may only ask for more.
package struct PromiseCompliance: Sendable {
    private let repository: Repository
    private let witness: Witness?

    /// `witness`: what this machine remembers of the repository; nil: nothing.
    package init(_ repository: Repository, witness: Witness? = nil) {
        self.repository = repository
        self.witness = witness
    }

    /// Throws `.refused` where the repository's standing promise is stricter in any part, and `.alarm` where its key log is not what this
    /// machine remembers. Done twice it changes nothing.
    package func run(_ promise: Compliance, at now: Timestamp, by node: String) async throws(HoldfastError) {
        _ = try await repository.readKeyLog(against: witness, isRemembered: true)
        try await repository.appendToKeyLog(at: now, by: node) { log throws(HoldfastError) in
            guard let standing = log.compliance else { return .compliance(promise) }
            guard standing.combined(with: promise) == promise else {
                throw .refused(
                    "cluster \(repository.cluster) already promises at least \(standing.minKeep), grace \(standing.grace), "
                        + "keep_min \(standing.keepMin)", object: repository.cluster, remedy: "a promise may only grow")
            }
            return standing == promise ? nil : .compliance(promise)
        }
    }
}
