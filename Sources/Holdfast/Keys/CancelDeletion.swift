package import HoldfastModel

/// Takes the deletion of a CMK back (`docs/PROTOCOL.md`, K7): before it is approved by withdrawing it, afterwards with the key
/// manager. The CMK opens snapshots as before; it never again counts as a cover for another one.
package struct CancelDeletion: Sendable {
    package enum Outcome: Hashable, Sendable {
        case withdrawn
        /// The CMK is enabled again.
        case cancelled
    }

    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// Throws `.unknownCMK` for one that nothing knows, and `.refused` where no deletion of it stands, in a key log or with the key
    /// manager itself: somebody may have scheduled it there, past Holdfast.
    package func run(_ cmk: CMK, at time: Timestamp, by node: String) async throws(HoldfastError) -> Outcome {
        let announcements = DeletionAnnouncements(project: project, time: time, node: node)
        var logs: [RepositoryID: KeyLog] = [:]
        for repository in project.repositories { logs[repository.id] = try await repository.readKeyLog().log }
        try await keys.require([cmk], among: Set(logs.values.flatMap(\.named)))
        let standing = logs.flatMap { home, log in log.standing.filter { $0.home == home && $0.cmks.contains(cmk) } }
        var isApproved = logs.values.contains { $0.scheduled[cmk] != nil }
        for announcement in standing {
            if try await !announcements.withdraw(announcement) { isApproved = true }
        }
        let isPending = await keys.state(of: cmk).isPendingDeletion
        guard isApproved || isPending else {
            if standing.isEmpty {
                throw .refused("no deletion of \(cmk) stands", object: cmk.uri, remedy: "see: holdfast keys list")
            }
            return .withdrawn
        }
        try await enable(cmk)
        try await project.retreat(at: time, by: node) { log in
            log.leavesByApproval(cmk) ? .cancelled(cmk) : nil
        }
        return .cancelled
    }

    private func enable(_ cmk: CMK) async throws(HoldfastError) {
        let manager = try keys.manager(of: cmk)
        do {
            let state = try await manager.describe(cmk).state
            if state.isPendingDeletion { try await manager.cancelDeletion(of: cmk) }
            if state != .enabled { try await manager.enable(cmk) }
        } catch {
            throw .keyManager(error)
        }
    }
}

extension KeyLog {
    /// Whether an approval or a schedule for the CMK stands that no `cancelled` has followed.
    fileprivate func leavesByApproval(_ cmk: CMK) -> Bool {
        scheduled[cmk] != nil || standing.contains { $0.cmks.contains(cmk) }
    }
}
