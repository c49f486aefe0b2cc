package import HoldfastModel

/// Writes a promise about retention into key logs, for good: later promises may only ask for more.
package struct PromiseCompliance: Sendable {
    private let repositories: [Repository]

    package init(_ repositories: [Repository]) { self.repositories = repositories }

    /// Throws `.refused` where a repository's standing promise is stricter in any part. Done twice it changes nothing.
    package func run(_ promise: Compliance, at now: Timestamp, by node: String) async throws(HoldfastError) {
        for repository in repositories {
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
}
