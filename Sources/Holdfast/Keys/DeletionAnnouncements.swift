import HoldfastCrypto
import HoldfastModel

/// The announcements to delete CMKs, in the key logs of a whole project. The home log decides, the others carry copies
/// (`docs/PROTOCOL.md`, K3 and K5).
struct DeletionAnnouncements {
    /// How the decision went.
    enum Decision: Hashable {
        case approved
        /// The home log moved since the check: it has to be judged again.
        case moved
    }

    let project: ProjectRepositories
    let time: Timestamp
    let node: String

    /// An announcement of exactly these CMKs that waits for its decision, or was approved and not taken back; else a fresh one.
    func announcement(of cmks: Set<CMK>, in logs: [RepositoryID: KeyLog]) -> Announcement {
        for repository in project.repositories {
            guard let log = logs[repository.id] else { continue }
            if let standing = log.standing.last(where: { $0.home == repository.id && Set($0.cmks) == cmks }) { return standing }
        }
        return Announcement(id: Random.id(), home: project.repositories[0].id, cmks: cmks.sorted())
    }

    /// Whether an announcement of exactly these CMKs was approved and not taken back: by its home log, and by any other where that is not
    /// among these.
    func isApproved(_ cmks: Set<CMK>, in logs: [RepositoryID: KeyLog]) -> Bool {
        logs.values.contains { log in
            log.announcements.contains { announcement in
                let judge = logs[announcement.home] ?? log
                return Set(announcement.cmks) == cmks && judge.approved.contains(announcement.id)
                    && judge.standing.contains(announcement)
            }
        }
    }

    /// Withdraws the copies of what its home log has withdrawn; until then they merely block others.
    func tidy(_ logs: [RepositoryID: KeyLog]) async throws(HoldfastError) {
        for (home, log) in logs {
            for announcement in log.announcements where announcement.home == home && log.withdrawn.contains(announcement.id) {
                try await copyWithdrawal(of: announcement)
            }
        }
    }

    /// Announces everywhere, home first, and retires what is not retired there yet. Throws `.refused` where one of the CMKs is
    /// active, and `.lostRace` where the announcement was withdrawn already.
    func announce(_ announcement: Announcement) async throws(HoldfastError) {
        for repository in homeFirst(announcement) {
            try await project.append(to: repository, at: time, by: node) { log throws(HoldfastError) in
                if let active = log.active, announcement.cmks.contains(active) { throw .isActive(active, in: repository) }
                if log.withdrawn.contains(announcement.id) {
                    throw .lostRace("the deletion was withdrawn by another hand", object: announcement.names)
                }
                if let cmk = announcement.cmks.first(where: { !log.isRetired($0) }) { return .retire(cmk) }
                return log.announcements.contains { $0.id == announcement.id } ? nil : .announce(announcement)
            }
        }
    }

    /// The decision, in the home log alone, and only as that log stood when the proof was made.
    func approve(_ announcement: Announcement, by proof: borrowing DeletionProof) async throws(HoldfastError) -> Decision {
        let home = try home(of: announcement)
        let expected = proof.keyLogLengths[home.id]
        var decision = Decision.approved
        try await project.append(to: home, at: time, by: node) { log throws(HoldfastError) in
            decision = .approved
            if log.approved.contains(announcement.id) {
                guard log.standing.contains(where: { $0.id == announcement.id }) else {
                    throw announcement.wasCancelled
                }
                return nil
            }
            if log.withdrawn.contains(announcement.id) {
                throw .lostRace("the deletion was withdrawn by another hand", object: announcement.names)
            }
            guard log.records.count == expected else {
                decision = .moved
                return nil
            }
            return .approve(announcement.id)
        }
        return decision
    }

    /// Those of its CMKs of which somebody has taken the deletion back since, by the home log as it stands now.
    func cancelled(of announcement: Announcement) async throws(HoldfastError) -> Set<CMK> {
        try await home(of: announcement).readKeyLog().log.cancelled(since: announcement)
    }

    /// The copies of an approval, which the home log has. A log in which the copy was withdrawn all the same takes none: the home log decides.
    func copyApproval(of announcement: Announcement) async throws(HoldfastError) {
        try await project.appendEverywhere(at: time, by: node) { log, _ in
            log.awaitsDecision(of: announcement.id) ? .approve(announcement.id) : nil
        }
    }

    /// Withdraws at home, then the copies. False where home has approved already: then only cancelling helps.
    func withdraw(_ announcement: Announcement) async throws(HoldfastError) -> Bool {
        guard try await withdrawAtHome(announcement) else { return false }
        try await copyWithdrawal(of: announcement)
        return true
    }

    /// The withdrawal that counts. False where home has approved already.
    func withdrawAtHome(_ announcement: Announcement) async throws(HoldfastError) -> Bool {
        let log = try await home(of: announcement).appendToKeyLog(at: time, by: node) { log in
            log.awaitsDecision(of: announcement.id) ? .withdraw(announcement.id) : nil
        }
        return !log.approved.contains(announcement.id)
    }

    private func copyWithdrawal(of announcement: Announcement) async throws(HoldfastError) {
        try await project.retreat(at: time, by: node) { log in
            log.awaitsDecision(of: announcement.id) ? .withdraw(announcement.id) : nil
        }
    }

    private func homeFirst(_ announcement: Announcement) -> [Repository] {
        project.repositories.filter { $0.id == announcement.home } + project.repositories.filter { $0.id != announcement.home }
    }

    private func home(of announcement: Announcement) throws(HoldfastError) -> Repository {
        guard let home = project.repository(announcement.home) else {
            throw .refused(
                "the deletion was announced by repository \(announcement.home), which is not configured",
                object: "\(announcement.home)", remedy: "put its cluster back into the project file")
        }
        return home
    }
}

extension Announcement {
    /// Of the CMKs, as people and scripts read them.
    var names: String { cmks.map(\.uri).joined(separator: ", ") }

    var wasCancelled: HoldfastError { .lostRace("the deletion was cancelled by another hand", object: names) }
}

extension KeyLog {
    /// Whether this log has the announcement, and neither its approval nor its withdrawal: what comes after the first of them is void.
    func awaitsDecision(of id: AnnouncementID) -> Bool {
        announcements.contains { $0.id == id } && !approved.contains(id) && !withdrawn.contains(id)
    }

    /// Announcements that were neither withdrawn nor cancelled after they were approved.
    var standing: [Announcement] {
        announcements.filter { !withdrawn.contains($0.id) && cancelled(since: $0).isEmpty }
    }

    /// The CMKs of an announcement of which the deletion was taken back after it.
    func cancelled(since announcement: Announcement) -> Set<CMK> {
        let announced = records.firstIndex { $0.event == .announce(announcement) } ?? 0
        let cancelled = records[announced...].compactMap { if case .cancelled(let cmk) = $0.event { cmk } else { nil } }
        return Set(cancelled).intersection(announcement.cmks)
    }
}
