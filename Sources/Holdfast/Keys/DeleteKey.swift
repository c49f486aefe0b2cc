package import HoldfastModel

/// Deletes CMKs: announce, check and prove, read the key logs once more, approve, schedule (`docs/PROTOCOL.md`, K3 to K5).
///
/// Nobody's check counts but its own: whoever resumes a deletion does all of it again.
package struct DeleteKey: Sendable {
    package enum Outcome: Sendable {
        /// With the key manager's dates.
        case scheduled([CMK: Timestamp], DeletionReport)
        /// Nothing is scheduled, and what was announced is withdrawn, if all was read.
        case refused(DeletionReport)
        /// Approved before, and unknown now: the approval stands, and nothing is asked of the key manager.
        case approved(DeletionReport)
    }

    /// What a key manager may be asked to wait, in seconds: 7 to 365 days. Its own limits may be narrower.
    private static let waitingPeriods: ClosedRange<Int64> = 7 * 86_400...365 * 86_400

    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// Throws `.unknownCMK` for one that nothing knows, and `.refused` where not every key log can be read, or clocks disagree.
    package func run(
        _ cmks: Set<CMK>, waiting: Period, at time: Timestamp, by node: String,
        progress: @Sendable (ProveDeletion.Progress) -> Void = { _ in }
    ) async throws(HoldfastError) -> Outcome {
        guard !cmks.isEmpty else { throw .usage("name the CMKs to delete", object: "") }
        // Once it is approved a CMK never covers anything again: a slip of the pen must not come so far.
        guard Self.waitingPeriods.contains(waiting.after(time) - time) else {
            throw .usage("a waiting period is from 7 to 365 days, not \(waiting)", object: "\(waiting)")
        }
        let announcements = DeletionAnnouncements(project: project, time: time, node: node)
        let first = await ReadProject(project, keys: keys).glance(at: time)
        try await keys.require(cmks, among: first.reading.knownCMKs)
        try Self.requireAgreeingClocks(first.reading)
        let isHopeless = [.blocked, .unknown].contains(
            DeletionCheck(first.reading.trustingEnvelopes, now: time).verdict(on: cmks).answer)
        let logs = isHopeless ? first.keyLogs.mapValues(\.log) : try await project.readKeyLogs()
        let announcement = announcements.announcement(of: cmks, in: logs)
        if isHopeless {
            // What was announced stays so where a key log may have lost its end: a withdrawal would stand in the place of what is to be put
            // back.
            let isAnnounced =
                project.areWhole(in: first)
                && logs.values.contains { $0.announcements.contains { $0.id == announcement.id } }
            return try await refuse(
                DeletionReport(cmks, first, proof: nil), isAnnounced ? announcement : nil, announcements, logs)
        }
        // A CMK of which its manager knows nothing is never left approved.
        for cmk in cmks.sorted() { _ = try await keys.describe(cmk) }
        try await announcements.tidy(logs)
        try await announce(announcement, announcements)
        return try await decide(announcement, announcements, waiting: waiting, progress)
    }

    /// A wrong clock would put wrong dates into key logs, and the waiting period on a wrong day.
    private static func requireAgreeingClocks(_ reading: ProjectReading) throws(HoldfastError) {
        guard let cluster = reading.clusters.first(where: { !$0.clockSkew.isTolerable }) else { return }
        throw .refused(
            "this machine's clock and the store's of cluster \(cluster.name) differ by \(cluster.clockSkew)",
            object: cluster.name,
            remedy: "set the clock, then run it again")
    }

    private func announce(
        _ announcement: Announcement, _ announcements: DeletionAnnouncements
    ) async throws(HoldfastError) {
        do {
            try await announcements.announce(announcement)
        } catch .refused(let what, let object, let remedy) {
            try await withdraw(announcement, announcements)
            throw .refused(what, object: object, remedy: remedy)
        }
    }

    /// K4 and K5: the reading begins only now that the announcement stands everywhere.
    private func decide(
        _ announcement: Announcement, _ announcements: DeletionAnnouncements, waiting: Period,
        _ progress: @Sendable (ProveDeletion.Progress) -> Void
    ) async throws(HoldfastError) -> Outcome {
        let cmks = Set(announcement.cmks)
        let reader = ReadProject(project, keys: keys)
        var survey = await reader.run(at: announcements.time)
        let proven = await ProveDeletion(project, keys: keys).run(without: cmks, of: &survey, progress)
        while true {
            await reader.readAgain(&survey)
            let check = DeletionCheck(survey.reading.counting(proven.evidence), now: survey.asOf)
            let report = DeletionReport(cmks, survey, proof: proven)
            guard let proof = check.proof(of: cmks, by: proven.evidence) else {
                return try await refuse(report, announcement, announcements, survey.keyLogs.mapValues(\.log))
            }
            guard try await announcements.approve(announcement, by: proof) == .approved else { continue }
            try await announcements.copyApproval(of: announcement)
            return .scheduled(try await schedule(proof, announcement, announcements, waiting: waiting), report)
        }
    }

    /// Withdraws what was announced. What was approved before is not called unsafe for what could not be read.
    private func refuse(
        _ report: DeletionReport, _ announcement: Announcement?, _ announcements: DeletionAnnouncements,
        _ logs: [RepositoryID: KeyLog]
    ) async throws(HoldfastError) -> Outcome {
        let isUnknown = report.verdict.answer == .unknown
        if isUnknown, announcements.isApproved(report.verdict.cmks, in: logs) { return .approved(report) }
        if let announcement { try await withdraw(announcement, announcements) }
        return .refused(report)
    }

    private func withdraw(
        _ announcement: Announcement, _ announcements: DeletionAnnouncements
    ) async throws(HoldfastError) {
        guard try await announcements.withdraw(announcement) else {
            throw .refused(
                "the deletion of \(announcement.names) is approved, and no longer safe", object: announcement.names,
                remedy: "take it back at once: "
                    + announcement.cmks.map { "holdfast keys cancel-deletion \($0.shellWord)" }.joined(separator: "; "))
        }
    }

    /// CMK by CMK, and none once somebody has taken the deletion back: that was acknowledged. What crossed with a request is undone.
    private func schedule(
        _ proof: borrowing DeletionProof, _ announcement: Announcement, _ announcements: DeletionAnnouncements, waiting: Period
    ) async throws(HoldfastError) -> [CMK: Timestamp] {
        var dates: [CMK: Timestamp] = [:]
        for cmk in proof.cmks.sorted() {
            guard try await announcements.cancelled(of: announcement).isEmpty else { throw announcement.wasCancelled }
            let date = try await schedule(cmk, proof, waiting: waiting, at: announcements.time)
            guard try await !announcements.cancelled(of: announcement).contains(cmk) else {
                try await keys.takeBack(cmk)
                throw announcement.wasCancelled
            }
            dates[cmk] = date
            try await project.appendEverywhere(at: announcements.time, by: announcements.node) { log, _ in
                let isSaid = log.scheduled[cmk] == date || log.cancelled(since: announcement).contains(cmk)
                return isSaid ? nil : .scheduled(cmk, date: date)
            }
        }
        return dates
    }

    /// Asks the key manager, unless it was asked before by whoever began.
    private func schedule(
        _ cmk: CMK, _ proof: borrowing DeletionProof, waiting: Period, at time: Timestamp
    ) async throws(HoldfastError) -> Timestamp {
        // A primary that waits for its replicas has no date yet.
        let earliest = waiting.after(time)
        let description = try await keys.describe(cmk)
        if description.state.isPendingDeletion { return description.deletionDate ?? earliest }
        let manager = try keys.manager(of: cmk)
        do throws(KeyManagerError) {
            return try await manager.scheduleDeletion(of: cmk, proof: proof, waiting: waiting)
        } catch .state(_, let state) where state.isPendingDeletion {
            // It was done, and the answer was lost.
            return try await keys.describe(cmk).deletionDate ?? earliest
        } catch {
            throw .keyManager(error)
        }
    }
}
