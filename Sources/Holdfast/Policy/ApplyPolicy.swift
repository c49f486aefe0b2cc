package import HoldfastCatalog
package import HoldfastModel

/// Stamps the expiries that the policy now gives on existing snapshots: those that were scheduled and not set by hand
/// (`docs/RETENTION.md`, section 1.2). Without it a changed policy moves nothing.
package struct ApplyPolicy: Sendable {
    /// One snapshot whose expiry moves.
    package struct Change: Hashable, Sendable {
        package let snapshot: SnapshotID
        package let time: Timestamp
        package let label: String
        package let former: Timestamp?
        package let expires: Timestamp
    }

    private let repository: Repository
    private let witness: Witness?

    /// `witness`: what this machine remembers of the repository; nil: nothing.
    package init(repository: Repository, witness: Witness? = nil) {
        self.repository = repository
        self.witness = witness
    }

    /// What would change, oldest first. Nothing in the trash, and nothing that cannot be read. Throws where this machine remembers, or a
    /// snapshot tells, that the key log has lost its end: a promise may have stood there.
    package func plan(_ policy: Policy) async throws(HoldfastError) -> [Change] {
        try await plan(policy, under: try await repository.readStandingKeyLog(against: witness).log)
    }

    private func plan(_ policy: Policy, under keyLog: KeyLog) async throws(HoldfastError) -> [Change] {
        let views = try await repository.readSnapshots()
        try await repository.requireKeyLog(of: views, havingRead: keyLog)
        return views.compactMap { change(of: $0.log, policy, keyLog.compliance) }.sorted {
            ($0.time, $0.snapshot) < ($1.time, $1.snapshot)
        }
    }

    /// Stamps them one by one, each decided again on what its log then says. What was done before an error stays done; running it
    /// again does the rest.
    package func run(
        _ policy: Policy, at now: Timestamp, by node: String, stamped: (Change) throws -> Void
    ) async throws {
        let keyLog = try await repository.readStandingKeyLog(against: witness).log
        for planned in try await plan(policy, under: keyLog) {
            var change: Change?
            do throws(HoldfastError) {
                try await repository.append(to: planned.snapshot, at: now, by: node) { view in
                    change = self.change(of: view.log, policy, keyLog.compliance)
                    return change.map { .expiry($0.expires, byPolicy: true) }
                }
            } catch .lostRace {
                // A pruner has purged it meanwhile: nothing is left to be stamped.
                continue
            } catch {
                throw error
            }
            if let change { try stamped(change) }
        }
    }

    private func change(of log: SnapshotLog, _ policy: Policy, _ compliance: Compliance?) -> Change? {
        guard log.state == .live, let header = log.header, let subject = KeepSubject(log, in: repository.cluster) else {
            return nil
        }
        guard let expires = policy.restamp(subject, isCompliant: compliance != nil), expires != subject.expires else {
            return nil
        }
        return Change(
            snapshot: log.id, time: header.time, label: header.label, former: subject.expires, expires: expires)
    }
}
