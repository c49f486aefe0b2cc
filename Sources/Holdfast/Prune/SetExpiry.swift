package import HoldfastCatalog
package import HoldfastModel

/// Stamps an expiry on a snapshot by hand; no policy changes it afterwards.
package struct SetExpiry: Sendable {
    private let repository: Repository
    private let witness: Witness?

    /// `witness`: what this machine remembers of the repository; nil: nothing.
    package init(repository: Repository, witness: Witness? = nil) {
        self.repository = repository
        self.witness = witness
    }

    /// Throws what `run` would refuse of one of these, as they stand. And where this machine remembers, or one of `all`, which the repository
    /// has, tells that the key log has lost its end: a promise may have stood there.
    package func check(
        _ views: [SnapshotView], among all: [SnapshotView], to expires: Timestamp
    ) async throws(HoldfastError) {
        let log = try await repository.readStandingKeyLog(against: witness).log
        try await repository.requireKeyLog(of: all, havingRead: log)
        for view in views { try Self.check(view, to: expires, under: log.compliance) }
    }

    /// Answers the expiry that it had. One that has passed is obeyed by the next prune. Under compliance it only moves later; what is in the
    /// trash has a date of its own, and is refused.
    @discardableResult
    package func run(
        _ id: SnapshotID, to expires: Timestamp, at now: Timestamp, by node: String
    ) async throws(HoldfastError) -> Timestamp? {
        let compliance = try await repository.readStandingKeyLog(against: witness).log.compliance
        var former: Timestamp?
        try await repository.append(to: id, at: now, by: node) { (view) throws(HoldfastError) in
            try Self.check(view, to: expires, under: compliance)
            former = view.log.expires
            return .expiry(expires, byPolicy: false)
        }
        return former
    }

    private static func check(
        _ view: SnapshotView, to expires: Timestamp, under compliance: Compliance?
    ) throws(HoldfastError) {
        try view.requireStanding()
        guard view.log.condemnation == nil else {
            throw .refused(
                "snapshot \(view.id) is in the trash, and an expiry does not take it out", object: "\(view.id)",
                remedy: "holdfast undelete \(view.id.short) --until DATE")
        }
        try compliance?.requireEnd(of: view.log, by: expires, remedy: "an expiry may only move later")
    }
}
