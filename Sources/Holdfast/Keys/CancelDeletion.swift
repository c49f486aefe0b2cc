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
    ///
    /// A date with the key manager comes nearer whatever can be read of the project, so it is taken back first. Throws `.unfinished` with the
    /// clusters whose key logs are left: run again, it finishes.
    package func run(_ cmk: CMK, at time: Timestamp, by node: String) async throws(HoldfastError) -> Outcome {
        let isPending = await keys.state(of: cmk).isPendingDeletion
        if isPending { try await keys.takeBack(cmk) }
        let (logs, unread) = await project.readableKeyLogs()
        try await requireKnown(cmk, logs, unread)
        let standing = await withdraw(
            cmk, logs, unread, DeletionAnnouncements(project: project, time: time, node: node))
        // What is approved may have been asked for again since.
        if standing.isApproved { try await keys.takeBack(cmk) }
        let isCancelled = isPending || standing.isApproved
        try await project.retreat(at: time, by: node) { log in
            if let id = standing.withdrawn.first(where: log.awaitsDecision(of:)) { return .withdraw(id) }
            return isCancelled && log.leavesByApproval(cmk) ? .cancelled(cmk) : nil
        }
        // Whoever deletes it had perhaps looked at the logs before this stood there, and asked just then.
        if isCancelled { try await keys.takeBack(cmk) }
        if let unfinished = project.unfinished(standing.failures) { throw unfinished }
        guard isCancelled || !standing.withdrawn.isEmpty else {
            throw .refused("no deletion of \(cmk) stands", object: cmk.uri, remedy: "see: holdfast keys list")
        }
        return isCancelled ? .cancelled : .withdrawn
    }

    /// A log that could not be read may name it.
    private func requireKnown(
        _ cmk: CMK, _ logs: [RepositoryID: KeyLog], _ unread: [RepositoryID: HoldfastError]
    ) async throws(HoldfastError) {
        do throws(HoldfastError) {
            try await keys.require([cmk], among: logs.values.reduce(into: []) { $0.formUnion($1.named) })
        } catch {
            throw project.unfinished(unread) ?? error
        }
    }

    /// What stood of the CMK's deletion in the key logs.
    private struct Standing {
        /// Withdrawn at home: now, or before, and perhaps not in each copy.
        var withdrawn: [AnnouncementID] = []
        /// Too late to withdraw it.
        var isApproved: Bool
        /// Why not all is known of these repositories, or done in them.
        var failures: [RepositoryID: HoldfastError]

        /// What a copy tells: the home log decides, and where that cannot be read, the copy has its word.
        mutating func add(copy announcement: Announcement, in log: KeyLog, home: KeyLog?) {
            let id = announcement.id
            if home?.withdrawn.contains(id) == true { withdrawn.append(id) }
            if home?.approved.contains(id) ?? log.approved.contains(id) { isApproved = true }
        }
    }

    /// Withdraws at home what was not approved.
    private func withdraw(
        _ cmk: CMK, _ logs: [RepositoryID: KeyLog], _ unread: [RepositoryID: HoldfastError],
        _ announcements: DeletionAnnouncements
    ) async -> Standing {
        var standing = Standing(isApproved: logs.values.contains { $0.scheduled[cmk] != nil }, failures: unread)
        for (id, log) in logs {
            for announcement in log.standing where announcement.cmks.contains(cmk) {
                guard announcement.home == id else {
                    standing.add(copy: announcement, in: log, home: logs[announcement.home])
                    continue
                }
                do throws(HoldfastError) {
                    if try await announcements.withdrawAtHome(announcement) {
                        standing.withdrawn.append(announcement.id)
                    } else {
                        standing.isApproved = true
                    }
                } catch {
                    standing.failures[id] = error
                }
            }
        }
        return standing
    }
}

extension KeyLog {
    /// Whether an approval or a schedule for the CMK stands that no `cancelled` has followed.
    fileprivate func leavesByApproval(_ cmk: CMK) -> Bool {
        scheduled[cmk] != nil || standing.contains { $0.cmks.contains(cmk) }
    }
}
