package import HoldfastModel

/// Takes a snapshot back out of the trash.
package struct Undelete: Sendable {
    /// What keeps it from being condemned again at once.
    package enum Reason: Hashable, Sendable {
        /// Its new expiry, after now.
        case until(Timestamp)
        /// The name of a hold.
        case hold(String)
    }

    private let repository: Repository

    package init(repository: Repository) { self.repository = repository }

    /// Once it returns, no pruner deletes the snapshot; where one was faster, it throws `.lostRace`.
    package func run(_ id: SnapshotID, _ reason: Reason, at now: Timestamp, by node: String) async throws(HoldfastError) {
        let event = try Self.event(reason, at: now)
        guard try await repository.readSnapshot(id) != nil else { throw .noSuchSnapshot(id.hex) }
        try await repository.append(to: id, at: now, by: node) { (view) throws(HoldfastError) in
            guard !view.log.isFinal else {
                throw .lostRace("snapshot \(id) is being purged: it was in the trash for its time", object: "\(id)")
            }
            guard view.log.condemnation != nil else {
                throw .refused(
                    "snapshot \(id) is not in the trash", object: "\(id)",
                    remedy: "to keep it longer: holdfast hold, or snapshots expire")
            }
            return event
        }
    }

    private static func event(_ reason: Reason, at now: Timestamp) throws(HoldfastError) -> SnapshotRecord.Event {
        switch reason {
        case .until(let date):
            guard date > now else {
                throw .usage("--until \(date) has passed: the next prune would condemn it again", object: "\(date)")
            }
            return .undeleted(until: date, hold: nil)
        case .hold(let name):
            guard HoldName(name) != nil else { throw .usage("a hold needs a name of 1 to 64 printable bytes", object: name) }
            return .undeleted(until: nil, hold: name)
        }
    }
}
