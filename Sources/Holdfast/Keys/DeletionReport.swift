package import HoldfastModel

/// The answer to "can I delete these CMKs?", with all that its reader needs to trust it (`docs/RETENTION.md`, section 3.4).
package struct DeletionReport: Sendable {
    package let verdict: DeletionVerdict
    /// Each CMK alone, where several were asked about.
    package let alone: [CMK: DeletionVerdict]
    /// Every snapshot was opened without these CMKs. Never true without being asked to prove it.
    package let isProven: Bool
    /// It was to be proven.
    package let isTried: Bool
    /// What could not be opened; empty where nobody tried.
    package let failures: [ProveDeletion.Failure]
    package let read: ReadCounts
    package let asOf: Timestamp
    /// What the answer covers, in the order of the project file.
    package let coverage: [Coverage]
    /// The one that is active in every cluster, where it is not asked about: to it snapshots can be rewrapped.
    package let activeCMK: CMK?
    /// Those of them that are there, and whose key manager answers: others have nothing to be asked for.
    package let answering: Set<CMK>
    /// Those of them that can be disabled.
    let enabled: Set<CMK>
    /// Those of them that are on their way out already.
    let pending: [CMK: PendingDeletion]

    init(_ cmks: Set<CMK>, _ survey: ProjectSurvey, proof: ProveDeletion.Result?) {
        let evidence = proof?.evidence ?? DeletionEvidence()
        let check = DeletionCheck(survey.reading.counting(evidence), now: survey.asOf)
        verdict = check.verdict(on: cmks)
        alone = cmks.count > 1 ? Dictionary(uniqueKeysWithValues: cmks.map { ($0, check.verdict(on: [$0])) }) : [:]
        isTried = proof != nil
        isProven = isTried && check.unproven(without: cmks, by: evidence).isEmpty
        failures = proof?.failures ?? []
        read = ReadCounts(survey)
        asOf = survey.asOf
        let logs = survey.reading.clusters.compactMap { cluster in cluster.latestKeyLog.map { (cluster.name, $0) } }
        coverage = survey.reading.clusters.map { Coverage($0, by: evidence) }
        let active = Set(logs.compactMap(\.1.active))
        activeCMK = active.count == 1 ? active.subtracting(cmks).first : nil
        answering = cmks.filter { ![.unreachable, .deleted].contains(survey.reading.state(of: $0)) }
        enabled = cmks.filter { survey.reading.state(of: $0) == .enabled }
        pending = survey.pendingDeletions(of: cmks)
    }

    /// Proven and safe for good: the one answer that invites to delete.
    package var invitesDeletion: Bool { isProven && verdict.answer == .safeForGood }

    /// One repository as the answer covers it.
    package struct Coverage: Hashable, Sendable {
        /// A snapshot that was opened whole without the CMKs in question.
        package struct Opened: Hashable, Sendable {
            package let snapshot: SnapshotID
            package let opening: DeletionEvidence.Opening
        }

        package let cluster: String
        package let repository: RepositoryID
        /// Key-log records read: the answer is stale as soon as the log is longer. Nil where it could not be read.
        package let keyLogLength: Int?
        package let snapshotCount: Int
        /// Empty where nobody tried.
        package let opened: [Opened]

        fileprivate init(_ cluster: ProjectReading.Cluster, by evidence: DeletionEvidence) {
            self.cluster = cluster.name
            repository = cluster.repository
            keyLogLength = cluster.latestKeyLog?.records.count
            snapshotCount = cluster.snapshots.count
            opened = cluster.snapshots.compactMap { snapshot in
                evidence.opening(of: snapshot.id, in: cluster.repository).map { Opened(snapshot: snapshot.id, opening: $0) }
            }
        }
    }
}

/// The answer to "which can I delete?", and what was read for it.
package struct WhichKeysReport: Sendable {
    package let answer: WhichKeys
    package let read: ReadCounts
    package let asOf: Timestamp
    /// When each CMK was retired first.
    package let retiredAt: [CMK: Timestamp]
    /// Those that are on their way out already.
    let pending: [CMK: PendingDeletion]

    init(answer: WhichKeys, survey: ProjectSurvey) {
        self.answer = answer
        read = ReadCounts(survey)
        asOf = survey.asOf
        pending = survey.pendingDeletions(of: answer.alone.keys)
        retiredAt = survey.reading.clusters.reduce(into: [:]) { times, cluster in
            guard let log = cluster.latestKeyLog else { return }
            for (cmk, n) in log.retired { times[cmk] = min(times[cmk] ?? log.records[n].at, log.records[n].at) }
        }
    }
}

/// How much an answer rests on.
package struct ReadCounts: Hashable, Sendable {
    package let repositoriesRead: Int
    package let repositoryCount: Int
    package let snapshotCount: Int
    package let openSnapshotCount: Int
    package let cmksAnswered: Int
    package let cmkCount: Int
    /// Why key managers did not answer, and what to do about it.
    package let silences: [String]

    init(_ survey: ProjectSurvey) {
        let reading = survey.reading
        silences = survey.silences.sorted { $0.key < $1.key }.map(\.value.line)
        repositoriesRead = reading.clusters.count { $0.problem == nil }
        repositoryCount = reading.clusters.count + reading.unconfigured.count
        snapshotCount = reading.clusters.reduce(0) { $0 + $1.snapshots.count }
        openSnapshotCount = reading.clusters.reduce(0) { $0 + $1.openSnapshots.count }
        let known = reading.knownCMKs
        cmksAnswered = known.count { reading.state(of: $0) != .unreachable }
        cmkCount = known.count
    }

    package var allAnswered: Bool { cmksAnswered == cmkCount }
}
