package import HoldfastModel

/// What a person looks at before deleting a CMK: every key of the project, until when each is needed and by what, which can go
/// together, what threatens, and what all that rests on (`docs/RETENTION.md`, sections 3.3 to 3.5). It is what the store tells: nothing
/// in it is proven.
package struct KeysReport: Sendable {
    package let project: String
    /// Made-up data: nothing was read.
    package let isDemo: Bool
    package let which: WhichKeysReport
    /// The most urgent first.
    package let alerts: [Alert]
    /// Every CMK that the project knows: what can go first, what is in use and what is gone last; within that by when it is free, then by URI.
    package let keys: [ReportedKey]
    package let repositories: [ReportedRepository]
    /// Repositories that a key log's roster names and nobody configured: what they hold is not known.
    package let unconfigured: [RepositoryID]
    /// Repositories of which a person attests that nobody can write to them any more.
    package let gone: [RepositoryID]
    /// The one that is active in every cluster: to it snapshots can be rewrapped.
    package let activeCMK: CMK?

    package var asOf: Timestamp { which.asOf }

    /// Those that can all go at once and are not on their way already.
    package var deletable: [ReportedKey] { keys.filter { $0.standing == .canGo } }

    /// CMKs, not deleted, of which no key manager says anything.
    package var silent: [CMK] {
        keys.filter { $0.managerState == .unreachable && $0.standing != .gone }.map(\.cmk).sorted()
    }

    /// What could not be read, whichever CMK it concerns; none twice.
    package var unknowns: [DeletionVerdict.Unknown] {
        var seen: Set<DeletionVerdict.Unknown> = []
        // All others concern every CMK, and so are among the first.
        let alone = keys.compactMap(\.verdict).flatMap { $0.unknowns.filter { $0.why == "key-state" } }
        return (which.answer.unknowns + alone).filter { seen.insert($0).inserted }
    }

    /// Everything was read, and every CMK answered.
    package var isComplete: Bool {
        which.answer.unknowns.isEmpty && which.answer.alone.values.allSatisfy(\.isComplete) && silent.isEmpty
    }

    /// - Parameters:
    ///   - deletionDates: when key managers are to delete what is pending deletion, by their own word.
    ///   - limit: so many snapshots are listed under each CMK; nil: twenty, or fewer where there are very many CMKs.
    package init(
        project: String, reading: ProjectReading, deletionDates: [CMK: Timestamp] = [:], alerts: [Alert], asOf now: Timestamp,
        isDemo: Bool = false, limit: Int? = nil
    ) {
        let check = DeletionCheck(reading, now: now)
        let survey = ProjectSurvey(reading: reading, views: [:], keyLogs: [:], asOf: now)
        which = WhichKeysReport(answer: check.which(), survey: survey)
        let logs = reading.clusters.compactMap(ClusterKeyLog.init)
        let limit = limit ?? Self.limit(forCMKs: reading.knownCMKs.count)
        let bundles = SnapshotBundle.all(of: check)
        let (spans, answer) = (logs.flatMap(\.log.activeSpans), which.answer)
        let spansByCMK = Dictionary(grouping: spans, by: \.cmk).mapValues(\.united)
        keys = reading.knownCMKs.map { cmk in
            ReportedKey(
                cmk, logs: logs, areAll: logs.count == reading.clusters.count, state: reading.state(of: cmk),
                deletionDate: deletionDates[cmk], answer: answer,
                spans: spansByCMK[cmk] ?? [], bundle: bundles[cmk] ?? SnapshotBundle(), limit: limit)
        }.sorted { $0.comesBefore($1) }
        repositories = reading.clusters.map(ReportedRepository.init)
        unconfigured = reading.unconfigured.sorted()
        gone = reading.gone.sorted()
        let active = Set(logs.compactMap(\.log.active))
        activeCMK = active.count == 1 ? active.first : nil
        self.project = project
        self.alerts = alerts
        self.isDemo = isDemo
    }

    /// A page of a thousand CMKs must still open at once.
    private static func limit(forCMKs count: Int) -> Int { count > 250 ? 5 : 20 }
}

/// One cluster's repository as the report tells of it: how much of it was read.
package struct ReportedRepository: Hashable, Sendable {
    package let cluster: String
    package let id: RepositoryID
    /// Why something of it could not be read; nil where all was.
    package let problem: String?
    package let snapshotCount: Int
    package let openSnapshotCount: Int
    package let keyLogLength: Int
    package let isBackupOn: Bool
    package let clockSkew: ClockSkew

    init(_ cluster: ProjectReading.Cluster) {
        self.cluster = cluster.name
        id = cluster.repository
        problem = cluster.problem ?? cluster.latestKeyLog?.unknownKinds.first.map { "newer-record: \($0)" }
        snapshotCount = cluster.snapshots.count
        openSnapshotCount = cluster.openSnapshots.count
        keyLogLength = cluster.latestKeyLog?.records.count ?? 0
        isBackupOn = cluster.retention.isBackupOn
        clockSkew = cluster.clockSkew
    }
}
