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
            if let compliance { try Self.check(view.log, to: expires, under: compliance) }
            return .expiry(expires, byPolicy: false)
        }
        return former
    }

    private static func check(
        _ log: SnapshotLog, to expires: Timestamp, under compliance: Compliance
    ) throws(HoldfastError) {
        let standing = log.expires(under: compliance)
        if let standing, expires >= standing { return }
        throw .refused(
            "snapshot \(log.id) is kept \(standing.map { "until \($0)" } ?? "without an end") under compliance",
            object: "\(log.id)", remedy: "an expiry may only move later")
    }
}
