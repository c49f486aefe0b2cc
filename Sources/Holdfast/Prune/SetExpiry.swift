package import HoldfastModel

/// Stamps an expiry on a snapshot by hand; no policy changes it afterwards.
package struct SetExpiry: Sendable {
    private let repository: Repository

    package init(repository: Repository) { self.repository = repository }

    /// Answers the expiry that it had. One that has passed is obeyed by the next prune. Under compliance it only moves later.
    @discardableResult
    package func run(
        _ id: SnapshotID, to expires: Timestamp, at now: Timestamp, by node: String
    ) async throws(HoldfastError) -> Timestamp? {
        let compliance = try await repository.readStandingKeyLog().compliance
        var former: Timestamp?
        try await repository.append(to: id, at: now, by: node) { (view) throws(HoldfastError) in
            try view.requireStanding()
            former = view.log.expires
            try compliance?.requireEnd(of: view.log, by: expires, remedy: "an expiry may only move later")
            return .expiry(expires, byPolicy: false)
        }
        return former
    }
}
