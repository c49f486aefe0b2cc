package import HoldfastModel

/// Holds a snapshot by name, or releases it: what is held outlives every policy (`docs/RETENTION.md`, section 1.2).
package struct HoldSnapshot: Sendable {
    private let repository: Repository

    package init(repository: Repository) { self.repository = repository }

    /// Once it returns true, no pruner deletes the snapshot; false: it was held by that name already. Throws `.lostRace` where a
    /// pruner was faster.
    @discardableResult
    package func add(_ name: HoldName, to id: SnapshotID, at now: Timestamp, by node: String) async throws(HoldfastError) -> Bool
    {
        try await append(.hold(name.text), to: id, at: now, by: node) { !$0.contains(name.text) }
    }

    /// False: it was not held by that name.
    @discardableResult
    package func release(
        _ name: HoldName, of id: SnapshotID, at now: Timestamp, by node: String
    ) async throws(HoldfastError) -> Bool {
        try await append(.release(name.text), to: id, at: now, by: node) { $0.contains(name.text) }
    }

    private func append(
        _ event: SnapshotRecord.Event, to id: SnapshotID, at now: Timestamp, by node: String,
        where isWanted: (Set<String>) -> Bool
    ) async throws(HoldfastError) -> Bool {
        var isAppended = false
        try await repository.append(to: id, at: now, by: node) { (view) throws(HoldfastError) in
            try view.requireStanding()
            isAppended = isWanted(view.log.holds)
            return isAppended ? event : nil
        }
        return isAppended
    }
}

extension SnapshotView {
    /// Refuses what has no manifest that could be kept.
    func requireStanding() throws(HoldfastError) {
        guard !log.isInProgress else {
            throw .refused("snapshot \(id) is in progress", object: "\(id)", remedy: "wait until it is done")
        }
        switch log.state {
        case .live, .trash, .unreadable: return
        case .deleting: throw .lostRace("snapshot \(id) is being purged: it was in the trash for its time", object: "\(id)")
        case .void, .open, .aborted: throw .noSuchSnapshot(id.hex)
        }
    }
}
