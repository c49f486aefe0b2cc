import HoldfastCatalog
import HoldfastFormat
package import HoldfastModel

/// Reads everything that the deletion check weighs, in the order on which its answer rests: of each repository the key log,
/// then one listing of the snapshot logs; after the last listing every key log once more, then the key managers
/// (`docs/PROTOCOL.md`, R15 and K4). What cannot be read becomes part of the reading: it never throws.
package struct ReadProject: Sendable {
    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// Everything from the stores, with the snapshots themselves: for whoever goes on to open them.
    package func run(at now: Timestamp) async -> ProjectSurvey { await run(at: now, isGlance: false) }

    /// The same, with what a member's catalog knows taken from there where the store says that it still stands; the survey has no
    /// views.
    package func glance(at now: Timestamp) async -> ProjectSurvey { await run(at: now, isGlance: true) }

    private func run(at now: Timestamp, isGlance: Bool) async -> ProjectSurvey {
        var survey = ProjectSurvey(
            reading: ProjectReading(clusters: [], gone: project.gone, keys: [:]), views: [:], keyLogs: [:], asOf: now)
        for member in project.members { await read(member, into: &survey, isGlance: isGlance) }
        await readAgain(&survey)
        return survey
    }

    /// The last part: every key log once more, then what the key managers say now. An older reading of what others announced
    /// counts for nothing (K4).
    func readAgain(_ survey: inout ProjectSurvey) async {
        for (index, repository) in project.repositories.enumerated() {
            guard let earlier = survey.keyLogs[repository.id] else { continue }
            do throws(HoldfastError) {
                let log = try await repository.readKeyLogAgain(since: earlier).log
                survey.reading.clusters[index].keyLogAfterwards = log
                survey.reading.clusters[index].noteAhead(of: log)
            } catch {
                // What was wrong before says more.
                let problem = survey.reading.clusters[index].problem
                survey.reading.clusters[index].problem = problem ?? error.whyUnread
            }
        }
        await askKeyManagers(&survey)
    }

    private func askKeyManagers(_ survey: inout ProjectSurvey) async {
        let listing = await keys.list(refusal: project.refusal)
        survey.silences = listing.silences
        survey.reading.keys = listing.keys
        var due = survey.reading.unasked
        while !due.isEmpty {
            for cmk in due.sorted() {
                let isRefused = listing.refused.contains(cmk.scheme)
                survey.reading.keys[cmk] =
                    isRefused ? ProjectReading.Key(state: .unreachable) : await keys.reading(of: cmk)
            }
            due = survey.reading.unasked
        }
        survey.reading.joinFamilies()
        survey.descriptions = listing.descriptions
    }

    private func read(
        _ member: ProjectRepositories.Member, into survey: inout ProjectSurvey, isGlance: Bool
    ) async {
        let repository = member.repository
        var cluster = ProjectReading.Cluster(
            name: repository.cluster, repository: repository.id, keyLog: nil, recovery: project.recovery,
            retention: member.retention)
        guard member.problem == nil else {
            cluster.problem = member.problem
            return survey.reading.clusters.append(cluster)
        }
        // What the catalog says counts only once the listing, which begins after the key log, has borne it out.
        let catalog = isGlance ? member.catalog : nil
        let known = Task { catalog?.snapshots() ?? [] }
        do throws(HoldfastError) {
            let memory = try await member.memory()
            let keyLog = try await repository.readKeyLog()
            guard !keyLog.log.records.isEmpty else { throw .store(.noRepository(repository.cluster)) }
            (cluster.keyLog, survey.keyLogs[repository.id]) = (keyLog.log, keyLog)
            let remembered = try member.remembered()
            var seen: [SeenSnapshot] = []
            let likelyCount = memory?.snapshots.count ?? 0
            seen.reserveCapacity(likelyCount)
            cluster.snapshots.reserveCapacity(likelyCount)
            let terms = RetentionTerms(
                member.retention.policy, under: keyLog.log.compliance, isTimeGiven: project.isTimeGiven)
            let read: @Sendable (SnapshotView) -> ReadLog = { ReadLog($0, under: terms, remembering: remembered) }
            var hasStarts = false
            var latest: (position: Int, id: SnapshotID)?
            let take: (ReadLog) -> Void = { log in
                if let snapshot = log.snapshot { cluster.snapshots.append(snapshot) }
                if let openSnapshot = log.openSnapshot { cluster.openSnapshots.append(openSnapshot) }
                if log.seen.hasStart { hasStarts = true }
                if let position = log.keyLogPosition, position > latest?.position ?? -1 { latest = (position, log.seen.id) }
                if memory != nil { seen.append(log.seen) }
            }
            var startless: [SnapshotID] = []
            let weigh: (ReadLog) -> Void = { log in
                if log.isStartGone { startless.append(log.seen.id) } else { take(log) }
            }
            if let catalog {
                try await repository.forEachSnapshot(catalog: catalog, known: known, as: read, weigh)
            } else {
                let views = try await repository.readSnapshots()
                if !isGlance { survey.views[repository.id] = views }
                for view in views { weigh(read(view)) }
            }
            // It may have been committed, or its deletion been decided and begun, behind the listing's back: what stands now counts (R13).
            for id in startless {
                let view = try await repository.readSnapshot(id)
                survey.replaceView(of: id, in: repository.id, by: view)
                if let view { take(read(view)) }
            }
            if !hasStarts, try await repository.listOwners().areOfPacksOnly { cluster.problem = "only-packs" }
            cluster.clockSkew = try await clockSkew(of: repository)
            try compare(memory, with: keyLog, seen, of: member, at: survey.asOf)
            if let latest {
                try await repository.requireKeyLog(upTo: latest.position, neededFor: latest.id, havingRead: keyLog.log)
            }
        } catch {
            cluster.problem = error.whyUnread
        }
        survey.reading.clusters.append(cluster)
    }

    private func clockSkew(of repository: Repository) async throws(HoldfastError) -> ClockSkew {
        guard let clock = project.clock else { return ClockSkew(seconds: 0) }
        return ClockSkew(seconds: try await repository.now() - clock())
    }

    /// A repository that lacks what this machine has seen in it was not read whole, whatever it shows. What is right is remembered: a
    /// machine that only ever asks about keys is to miss what is hidden from it as well.
    private func compare(
        _ memory: WitnessMemory?, with keyLog: KeyLogReading, _ seen: [SeenSnapshot], of member: ProjectRepositories.Member,
        at now: Timestamp
    ) throws(HoldfastError) {
        guard let memory else { return }
        let sighting = WitnessSighting(
            repository: member.repository.id, keyLogSums: keyLog.digests, snapshots: seen, under: keyLog.log.compliance)
        let comparison = WitnessComparison(of: memory, with: sighting, at: now, localTime: project.localTime)
        if comparison.hasChanges { try member.observe(comparison) }
        guard comparison.alarms.isEmpty else { throw .alarm(comparison.alarms.map { "\($0)" }) }
    }
}

extension ProjectReading.Cluster {
    /// Where somebody is at work who had read a record that is not there: by what the log says now nobody knows what they will commit.
    fileprivate mutating func noteAhead(of log: KeyLog) {
        guard problem == nil, let ahead = openSnapshots.first(where: { $0.position ?? -1 > log.position }) else { return }
        problem =
            "\(KeyLog.lossWord)\(ObjectName.keyRecord(log.position + 1)), which the writer of snapshot \(ahead.id.short), which is in "
            + "progress, had read; if it is dead: holdfast unlock \(ahead.id.short)"
    }
}

extension ProjectReading {
    /// CMKs of which nobody has said anything yet: those that the project knows, and relatives of theirs, which may be where no list is
    /// asked for.
    fileprivate var unasked: Set<CMK> {
        keys.values.reduce(into: knownCMKs) { $0.formUnion($1.family) }.subtracting(keys.keys)
    }
}

/// One snapshot's log, as the check weighs it and as the witness compares it.
private struct ReadLog: Sendable {
    /// Nil where no manifest exists.
    let snapshot: ProjectReading.Snapshot?
    let openSnapshot: ProjectReading.OpenSnapshot?
    let isStartGone: Bool
    let keyLogPosition: Int?
    let seen: SeenSnapshot

    init(_ view: SnapshotView, under terms: RetentionTerms, remembering remembered: Set<ProvenOpening>) {
        snapshot = view.reading(under: terms, remembering: remembered)
        openSnapshot = view.openReading
        isStartGone = view.isStartGone
        keyLogPosition = view.keyLogPosition
        seen = view.sighting(under: terms)
    }
}

extension HoldfastError {
    /// Why something counts as unread, in the words of `docs/RETENTION.md`, section 6.
    var whyUnread: String {
        switch self {
        case .store(.noRepository): "no-repository"
        case .store(.damaged(let name, let detail)): "damaged: \(name): \(detail)"
        case .store(.unlisted(let place, let detail)): "damaged: \(place): \(detail)"
        case .store(.unavailable(_, let detail)), .store(.denied(_, let detail)): "unreachable: \(detail)"
        case .store: "unreachable"
        case .object(let name, let error) where error.isNewer: "newer-format: \(name)"
        case .object(let name, let error): "damaged: \(name): \(error)"
        case .missing(let name, _): "missing: \(name)"
        case .keyLogEnds(let name, let id): "\(KeyLog.lossWord)\(name), which the writer of snapshot \(id.short) had read"
        case .alarm(let alarms): "witness: \(alarms.joined(separator: "; "))"
        case .refused(let what, _, _): what
        case .cannotOpen(_, let refusals):
            refusals.isEmpty
                ? "no envelope is left to open it with"
                : refusals.map { "\($0.cmk): \($0.reason.whyUnread)" }.joined(separator: "; ")
        case .keyManager(.state(_, let state)): state.rawValue
        case .keyManager(.denied): CMKState.denied.rawValue
        case .keyManager(.incorrect): "the envelope does not open under it"
        case .untrusted(let cmk): "\(cmk) is not listed under cmks:"
        default: "\(self)"
        }
    }
}
