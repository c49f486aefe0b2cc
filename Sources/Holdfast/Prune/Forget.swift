package import HoldfastCatalog
package import HoldfastModel

/// Condemns snapshots by hand; they stay in the trash for the grace time.
package struct Forget: Sendable {
    package struct Result: Sendable {
        package let condemned: [SnapshotID]
        /// Those that were in the trash already.
        package let alreadyCondemned: [SnapshotID]
        /// Those that the guard would have kept: the newest good ones of their group.
        package let unguarded: [SnapshotID]
        /// Of each that was condemned.
        package let purgeAfter: [SnapshotID: Timestamp]
    }

    private let repository: Repository
    private let witness: Witness?

    /// `witness`: what this machine remembers of the repository; nil: nothing.
    package init(repository: Repository, witness: Witness? = nil) {
        self.repository = repository
        self.witness = witness
    }

    /// Nothing is condemned where one of them may not be: held, in progress, gone. Where that changes under way, it throws
    /// `.partlyForgotten` with those that are in the trash already. `isConfirmed` (`--yes`) lets much of a
    /// group go at once, what has a record that is gone or makes no sense, since it may be a hold, and what alone tells that the key log has
    /// lost its end, also where a policy has put it into the trash already. What the store does not read just now may be there the next
    /// time, and is asked for by no word. `isDryRun`: all is weighed, and nothing condemned.
    package func run(
        _ ids: [SnapshotID], policy configured: Policy, backupsAreOn: Bool = true, isConfirmed: Bool = false,
        isDryRun: Bool = false, at now: Timestamp, by node: String
    ) async throws(HoldfastError) -> Result {
        let views = try await repository.readSnapshots()
        let wanted = Set(ids)
        for id in ids { try Self.check(views.first { $0.id == id }, id, isConfirmed: isConfirmed) }
        let keyLog = try await repository.readStandingKeyLog(against: witness)
        let given = isConfirmed ? Self.telling(of: views, after: keyLog.log) : []
        let standing = views.filter { wanted.contains($0.id) && ($0.awaitsForgetting || given.contains($0.id)) }.map(\.id)
        let subjects = views.compactMap { KeepSubject($0.log, in: repository.cluster) }
        if !given.isSuperset(of: standing) { try await repository.requireKeyLog(of: views, havingRead: keyLog.log) }
        let policy = configured.obeyed(under: keyLog.log.compliance)
        var promises = Self.promises(keyLog.log, policy, subjects, at: now)
        try promises.requireNone(of: standing)
        for view in views where standing.contains(view.id) { try Self.check(view, under: keyLog.log.compliance, at: now) }
        if !isConfirmed { try Self.checkLimit(condemning: Set(standing), of: subjects, at: now) }
        let guarded = Self.guarded(
            subjects, policy: policy, backupsAreOn: backupsAreOn, deleted: keyLog.log.deleted, at: now)
        var purgeAfter: [SnapshotID: Timestamp] = [:]
        for view in views where isDryRun && standing.contains(view.id) {
            purgeAfter[view.id] = view.log.purgeAfter(condemnedAt: now, policy.grace)
        }
        for (number, id) in standing.enumerated() where !isDryRun {
            do throws(HoldfastError) {
                // What was promised since the one before it.
                let log = try await repository.readKeyLogAgain(since: keyLog).log
                let (compliance, policy) = (log.compliance, configured.obeyed(under: log.compliance))
                if log.position > promises.position { promises = Self.promises(log, policy, subjects, at: now) }
                try promises.requireNone(of: [id])
                try await repository.append(to: id, at: now, by: node, passesGaps: isConfirmed) { (view) throws(HoldfastError) in
                    try Self.check(view, id, isConfirmed: isConfirmed)
                    guard view.awaitsForgetting || given.contains(id) && !view.isForgotten else { return nil }
                    try Self.check(view, under: compliance, at: now)
                    let date = view.log.purgeAfter(condemnedAt: now, policy.grace)
                    purgeAfter[id] = date
                    return .condemned(rule: SnapshotRecord.forgetRule, purgeAfter: date)
                }
            } catch {
                throw number == 0 ? error : .partlyForgotten(Array(standing.prefix(number)), error)
            }
        }
        return Result(
            condemned: standing, alreadyCondemned: wanted.subtracting(standing).sorted(),
            unguarded: standing.filter(guarded.contains), purgeAfter: purgeAfter)
    }

    /// Those that tell that the log has lost its end.
    private static func telling(of views: [SnapshotView], after log: KeyLog) -> Set<SnapshotID> {
        Set(views.filter { $0.keyLogPosition ?? -1 > log.position }.map(\.id))
    }

    private static func guarded(
        _ subjects: [KeepSubject], policy: Policy, backupsAreOn: Bool, deleted: Set<CMK>, at now: Timestamp
    ) -> Set<SnapshotID> {
        let circumstances = KeepSet.Circumstances(backupsAreOn: backupsAreOn, now: now, deletedCMKs: deleted)
        return Set(KeepSet(subjects, policy: policy, under: circumstances).reasons.filter { $0.value.contains(.guard) }.keys)
    }

    /// What the guard keeps with backups off as well is promised, and no word of anybody's ends that.
    private struct Promises {
        /// Of the last record of the key log that tells of them.
        let position: Int
        let count: Int
        let snapshots: Set<SnapshotID>

        func requireNone(of ids: [SnapshotID]) throws(HoldfastError) {
            guard let id = ids.first(where: snapshots.contains) else { return }
            throw .refused(
                "snapshot \(id) is of the newest \(count) of its source, which are kept under compliance",
                object: "\(id)", remedy: "take newer ones first; to free the CMKs that open it: holdfast keys rewrap")
        }
    }

    private static func promises(_ log: KeyLog, _ policy: Policy, _ subjects: [KeepSubject], at now: Timestamp) -> Promises {
        let count = policy.keepMinPromised
        let snapshots =
            count > 0 ? guarded(subjects, policy: policy, backupsAreOn: false, deleted: log.deleted, at: now) : []
        return Promises(position: log.position, count: count, snapshots: snapshots)
    }

    /// A snapshot whose manifest cannot be read may be forgotten: there is no other way to be rid of it.
    private static func check(_ view: SnapshotView?, _ id: SnapshotID, isConfirmed: Bool) throws(HoldfastError) {
        guard view?.log.isInProgress != true else {
            throw .refused(
                "snapshot \(id) is in progress", object: "\(id)", remedy: "if its writer is dead: holdfast unlock \(id.short)")
        }
        switch view?.log.state {
        case .live, .trash, .unreadable: break
        case .void, .open, .aborted, .deleting, nil: throw .noSuchSnapshot(id.hex)
        }
        let holds = view?.log.holds.sorted() ?? []
        guard holds.isEmpty else {
            throw .refused(
                "snapshot \(id) is held by \(holds.joined(separator: ", "))", object: "\(id)",
                remedy: "holdfast hold release NAME \(id.short)")
        }
        if let n = view?.unread {
            throw .refused(
                "the disk does not read record \(n) of snapshot \(id), and it may be a hold",
                object: ObjectName.record(n, of: id).text,
                remedy: "put it back from a copy; if there is none, and the disk never reads it again: delete that object, then "
                    + (n > 1 ? "say --yes" : "see what prune says"))
        }
        guard !isConfirmed, let n = view?.problems.keys.filter({ $0 > 1 }).min() else { return }
        throw .refused(
            "record \(n) of snapshot \(id) cannot be read, and may be a hold", object: ObjectName.record(n, of: id).text,
            remedy: "put it back from a copy, or say --yes if the snapshot is to go all the same")
    }

    private static func check(_ view: SnapshotView, under compliance: Compliance?, at now: Timestamp) throws(HoldfastError) {
        try compliance?.requireEnd(of: view.log, by: now, remedy: "wait for that date")
    }

    private static func checkLimit(
        condemning ids: Set<SnapshotID>, of subjects: [KeepSubject], at now: Timestamp
    ) throws(HoldfastError) {
        guard let excess = KeepLimit.excesses(condemning: ids, of: subjects, at: now).first else { return }
        throw .refused(
            "\(excess.condemnedCount) of \(excess.groupCount) snapshots of \(excess.group) would go before their date",
            object: "\(excess.group)", remedy: "say --yes if that is meant")
    }
}
