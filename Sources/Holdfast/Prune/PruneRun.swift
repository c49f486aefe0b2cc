import HoldfastCatalog
import HoldfastModel

/// One run of `prune` under way.
struct PruneRun {
    let repository: Repository
    /// What this machine remembers: it is told of every deletion before that is decided.
    let witness: Witness?
    let request: PruneRequest
    /// Snapshots of which the witness misses something.
    let alarmed: Set<SnapshotID>
    let progress: @Sendable (PruneProgress) -> Void
    var result = PruneResult()
    var now = Timestamp(seconds: 0)
    /// Packs deleted so far: a dry run, which leaves them, counts each but once.
    var counted: Set<ObjectName> = []
    /// How often a listing behind whose back snapshots went is made again.
    private static let maximumRelistings = 20
    /// As it stood when this turn began.
    private var keyLog = KeyLogReading()
    /// More has been promised since: what this turn has judged by is no longer what holds.
    private(set) var isOvertaken = false

    init(
        repository: Repository, witness: Witness?, request: PruneRequest,
        progress: @escaping @Sendable (PruneProgress) -> Void
    ) {
        self.repository = repository
        self.witness = witness
        self.request = request
        alarmed = Set(request.alarms.compactMap { if case .snapshot(let id) = $0.subject { id } else { nil } })
        self.progress = progress
    }

    /// Whatever is deleted was final, or without an owner, before the listing was **begun** that the keep set comes from (rule
    /// R9): a listing takes its time, and what becomes final behind its back may be the base of a snapshot that it has missed.
    ///
    /// What is purged behind its back by another hand may be that base as well. Then its packs, which may be those of an owner that
    /// went long ago, are in no keep set, and the snapshot that took them over is in none either: the listing is made again (rule R19).
    mutating func complete() async throws(HoldfastError) {
        result.stopped = request.alarms.filter(\.concernsKeyLog).map(PruneStop.alarm)
        guard result.stopped.isEmpty else { return }
        keyLog = try await repository.readStandingKeyLog()
        guard let ownerless = try await ownersWithoutStart() else { return }
        let purges = PurgeLog(of: repository)
        var relistings = 0
        var known: Set<SnapshotID> = []
        while true {
            progress(.reading)
            try await readClock()
            keyLog = try await repository.readKeyLogAgain(since: keyLog)
            isOvertaken = false
            let newestPurge = try await purges.newest()
            // One at a time: of a million packs it takes hundreds of megabytes.
            let survey = try await PruneSurvey(
                of: repository, pretending: request.isDryRun ? known : [], alarms: request.alarms,
                isReliedOn: !request.isDryRun, keepsStartless: !request.isConfirmed)
            let isCurrent = try await purges.newest() == newestPurge
            guard isCurrent, !survey.isBehind else {
                try count(&relistings)
                continue
            }
            let verdict = verdict(on: survey)
            result.stopped = verdict.excesses.map(PruneStop.excess)
            guard result.stopped.isEmpty else { return }
            let due = due(known, survey)
            if !due.isEmpty, !request.isDryRun {
                guard try await purges.begin(after: newestPurge, at: now, by: request.by) else {
                    try count(&relistings)
                    continue
                }
            }
            try await purge(due, survey)
            let next = survey.final.union(try await decide(survey, verdict))
            if next.isSubset(of: known), !isOvertaken {
                result.stopped = survey.obstacles + verdict.endings.map(PruneStop.ending)
                result.stopped += try await startsGone(in: survey).map(PruneStop.startGone)
                return try await collectGarbage(of: ownerless, survey)
            }
            known.formUnion(next)
        }
    }

    private func count(_ relistings: inout Int) throws(HoldfastError) {
        relistings += 1
        guard relistings <= Self.maximumRelistings else {
            throw .lostRace("snapshots are purged by others as fast as they are listed", object: repository.cluster)
        }
    }

    /// What the key log promises about retention: it stands over the policy.
    var compliance: Compliance? { keyLog.log.compliance }

    var deletedCMKs: Set<CMK> { keyLog.log.deleted }

    /// Whether what this turn judges by still holds: looked at right before each decision, since a run takes its time, and what is promised
    /// meanwhile is to be kept.
    mutating func isStillPromised() async throws(HoldfastError) -> Bool {
        if !request.isDryRun, !isOvertaken {
            isOvertaken = try await repository.readKeyLogAgain(since: keyLog).log.compliance != compliance
        }
        return !isOvertaken
    }

    /// The policy in force.
    var policy: Policy { request.policy.obeyed(under: compliance) }

    /// By what it is decided when something in the trash is purged.
    var terms: RetentionTerms { RetentionTerms(request.policy, under: compliance, isTimeGiven: request.at != nil) }

    private mutating func readClock() async throws(HoldfastError) {
        if let at = request.at { return now = at }
        do { now = try await repository.store.now() } catch { throw .store(error) }
    }
}
