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
    /// What could not be looked at, or not be removed.
    private(set) var passedOver: [PruneStop] = []
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
        keyLog = try await repository.readStandingKeyLog(against: nil)
        guard let (ownerless, started) = try await ownersWithoutStart() else { return }
        var expected = started.union(try remembered())
        let purges = PurgeLog(of: repository)
        var relistings = 0
        var hasMadeRoom = false
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
            let overlooked = try await overlooked(expected, by: survey)
            guard isCurrent, !survey.isBehind, overlooked == nil else {
                try count(&relistings, overlooked)
                continue
            }
            expected.formUnion(survey.views.map(\.id))
            if let stop = try await lostRecord(told: survey) { return result.stopped = [stop] }
            let verdict = verdict(on: survey)
            result.stopped = verdict.excesses.map(PruneStop.excess)
            guard result.stopped.isEmpty else { return }
            let acted: Set<SnapshotID>?
            do throws(HoldfastError) {
                acted = try await act(due(known, survey), survey, verdict, after: newestPurge, in: purges)
            } catch .store(.noSpace) where !hasMadeRoom {
                // What belongs to nobody is deleted without a word being written, and makes room for those that are to be.
                hasMadeRoom = true
                try await collectGarbage(of: ownerless, survey)
                continue
            } catch {
                throw error
            }
            guard let next = acted else {
                try count(&relistings)
                continue
            }
            if next.isSubset(of: known), !isOvertaken {
                result.stopped = survey.obstacles + verdict.endings.map(PruneStop.ending)
                result.stopped += try await startsGone(in: survey).map(PruneStop.startGone)
                return try await collectGarbage(of: ownerless, survey)
            }
            known.formUnion(next)
        }
    }

    /// What its missing end had promised is not known: nothing at all is done.
    private func lostRecord(told survey: PruneSurvey) async throws(HoldfastError) -> PruneStop? {
        do throws(HoldfastError) {
            try await repository.requireKeyLog(of: survey.views, havingRead: keyLog.log)
            return nil
        } catch .keyLogEnds(let name, let id) {
            return .keyLogEnds(before: name, id)
        } catch {
            throw error
        }
    }

    /// Purges what is due, and decides about the rest. Answers what is final by that; nil where others have begun to purge since the listing.
    private mutating func act(
        _ due: [SnapshotID], _ survey: PruneSurvey, _ verdict: PruneVerdict, after newestPurge: Int, in purges: PurgeLog
    ) async throws(HoldfastError) -> Set<SnapshotID>? {
        if !due.isEmpty, !request.isDryRun {
            guard try await purges.begin(after: newestPurge, at: now, by: request.by) else { return nil }
        }
        try await purge(due, survey)
        return survey.final.union(try await decide(survey, verdict))
    }

    /// One of `expected` that stands, though the listing lacks its start record: an honest store shows it, since a start record never comes
    /// back. Of what it took over from others nothing else tells.
    private func overlooked(_ expected: Set<SnapshotID>, by survey: PruneSurvey) async throws(HoldfastError) -> SnapshotID? {
        let unlisted = expected.union(survey.views.map(\.id)).filter { !survey.has(startOf: $0) }
        for id in unlisted.sorted() {
            if try await repository.mayStand(.record(0, of: id)) { return id }
        }
        return nil
    }

    /// What this machine has seen committed, and has not seen go.
    private func remembered() throws(HoldfastError) -> [SnapshotID] {
        guard let witness else { return [] }
        do { return try witness.memory().snapshots.values.filter { $0.sum != nil }.map(\.id) } catch { throw .witness(error) }
    }

    private func count(_ relistings: inout Int, _ overlooked: SnapshotID? = nil) throws(HoldfastError) {
        relistings += 1
        guard relistings > Self.maximumRelistings else { return }
        guard let overlooked else {
            throw .lostRace("snapshots are purged by others as fast as they are listed", object: repository.cluster)
        }
        throw .inconsistent(
            ObjectPrefix.snapshots.text, detail: "the store's listings leave out snapshot \(overlooked), which is there")
    }

    mutating func passOver(_ object: String, _ why: String) {
        let stop = PruneStop.passedOver(object, why: why)
        if !passedOver.contains(stop) { passedOver.append(stop) }
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
        now = try await repository.now()
    }
}
