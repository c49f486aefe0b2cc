package import HoldfastModel

/// Fences a dead writer by hand: its snapshot is given up, and the next `prune` collects what it left.
package struct Unlock: Sendable {
    private let repository: Repository

    package init(repository: Repository) { self.repository = repository }

    /// Snapshots in progress, ascending by id.
    package func openSnapshots() async throws(HoldfastError) -> [SnapshotView] {
        try await repository.readSnapshots().filter(\.log.isInProgress)
    }

    /// One that was given up already is no error; one that committed stays as it is, and that is one.
    package func run(_ id: SnapshotID, at now: Timestamp, by node: String) async throws(HoldfastError) {
        guard let view = try await repository.readSnapshot(id) else { throw .noSuchSnapshot(id.hex) }
        switch view.log.state {
        case .aborted: return
        case .open: break
        case .unreadable where view.log.isInProgress: break
        case .void: throw .noSuchSnapshot(id.hex)
        case .live, .trash, .deleting, .unreadable:
            throw .refused("snapshot \(id) is not in progress", object: "\(id)", remedy: "there is nothing to unlock")
        }
        guard try await repository.abort(view, reason: "unlocked by hand", at: now, by: node) else {
            throw .lostRace("snapshot \(id) was committed meanwhile", object: "\(id)")
        }
    }
}
