/// The question that Holdfast exists for: may these CMKs be deleted? (`docs/RETENTION.md`, section 3.2.)
///
/// No clock takes part in the verdict: `departure` is asked for the date of a "not yet" alone.
package struct DeletionCheck: Sendable {
    package let reading: ProjectReading
    let departures: DepartureTable
    private let leaving: Set<CMK>
    private let snapshots: OpenerIndex
    /// Of all CMKs: nearly always none.
    private let unknownUsers: Set<RepositoryID>

    package init(
        _ reading: ProjectReading, now: Timestamp, horizonDays: Int64 = Projection.Outlook.defaultHorizonDays
    ) {
        self.reading = reading
        departures = DepartureTable(of: reading, now: now, horizonDays: horizonDays)
        leaving = reading.leaving
        snapshots = OpenerIndex(of: reading)
        unknownUsers = reading.unknownUsers(of: Set(reading.keys.keys))
    }

    /// Collects everything that stands in the way of deleting `cmks`, all of them together.
    package func verdict(on cmks: Set<CMK>) -> DeletionVerdict {
        var findings = Findings(cmks: cmks, unknowns: snapshots.unknowns)
        for repository in reading.unconfigured {
            findings.unknown(nil, .repository, repository.hex, "not-configured")
        }
        for repository in unknownUsers.isEmpty ? [] : reading.unknownUsers(of: cmks).sorted() {
            findings.unknown(nil, .repository, repository.hex, "used-elsewhere")
        }
        for cluster in reading.clusters {
            weighRepository(cluster, &findings)
            weighUse(in: cluster, &findings)
            for snapshot in cluster.openSnapshots { weigh(snapshot, in: cluster, &findings) }
        }
        for entry in snapshots.entries(openedBy: cmks) { weigh(entry, &findings) }
        return DeletionVerdict(
            cmks: cmks, isRetiredEverywhere: reading.clusters.allSatisfy { Self.isRetired(cmks, in: $0.keyLog) },
            clocksDisagree: reading.clusters.contains { !$0.clockSkew.isTolerable },
            blockers: findings.blockers, unknowns: findings.unknowns, lost: snapshots.lost)
    }

    /// When a snapshot goes, whether it stands in the way or not; both numbers are positions in the reading.
    package func departure(ofSnapshot snapshot: Int, inCluster cluster: Int) -> DeletionDeparture {
        departures[.init(cluster: cluster, snapshot: snapshot)]
    }

    private static func isRetired(_ cmks: Set<CMK>, in log: KeyLog?) -> Bool {
        guard let log else { return false }
        return cmks.allSatisfy { log.isRetired($0) || log.leaving.contains($0) }
    }

    private func weighRepository(_ cluster: ProjectReading.Cluster, _ findings: inout Findings) {
        if let problem = cluster.problem {
            findings.unknown(cluster.name, .repository, problem == "no-id" ? "" : cluster.repository.hex, problem)
        }
        if let kind = cluster.latestKeyLog?.unknownKinds.first {
            findings.unknown(cluster.name, .repository, cluster.repository.hex, "newer-record: \(kind)")
        }
    }

    private func weighUse(in cluster: ProjectReading.Cluster, _ findings: inout Findings) {
        let active = Set([cluster.keyLog?.active, cluster.latestKeyLog?.active].compactMap(\.self))
        for cmk in findings.cmks.intersection(active) {
            findings.block(cluster, .active, cmk.uri, [cmk], .waiting("rotate"))
        }
        for cmk in findings.cmks.intersection(cluster.recovery) {
            findings.block(cluster, .recovery, cmk.uri, [cmk], .waiting("unconfigure"))
        }
    }

    /// An open snapshot may still commit under any CMK that was not retired where its writer had read the key log (rule R15).
    private func weigh(
        _ snapshot: ProjectReading.OpenSnapshot, in cluster: ProjectReading.Cluster, _ findings: inout Findings
    ) {
        guard let position = snapshot.position, let log = cluster.keyLog else {
            return findings.unknown(cluster.name, .pin, snapshot.id.hex, "unreadable")
        }
        let possible = findings.cmks.filter { log.mayCommit(under: $0, from: position) }.sorted()
        if !possible.isEmpty { findings.block(cluster, .pin, snapshot.id.hex, possible, .waiting("in-progress")) }
    }

    /// A snapshot needs its CMKs as long as its manifest exists: live, expired, or in the trash.
    private func weigh(_ entry: OpenerIndex.Entry, _ findings: inout Findings) {
        let need = need(of: entry, for: findings.cmks)
        if case .none = need { return }
        for place in entry.places {
            let cluster = reading.clusters[place.cluster]
            let snapshot = cluster.snapshots[place.snapshot]
            switch need {
            case .none: break
            case .undecided: findings.unknown(cluster.name, .snapshot, snapshot.id.hex, "key-state")
            case .needs(let keys):
                findings.block(
                    cluster, snapshot.purgeAfter == nil ? .snapshot : .trash, snapshot.id.hex, keys,
                    departures[place], snapshot: snapshot)
            }
        }
    }

    private enum Need {
        /// Untouched, lost already, or covered by a CMK that stays.
        case none
        case needs([CMK])
        /// Whether a CMK that stays covers it is not known.
        case undecided
    }

    private func need(of entry: OpenerIndex.Entry, for cmks: Set<CMK>) -> Need {
        let keys = entry.openers.intersection(cmks)
        if keys.isEmpty { return .none }
        let rest = entry.covers.subtracting(cmks).subtracting(leaving).map(reading.state(of:))
        if rest.contains(.enabled) { return .none }
        if rest.contains(.unreachable) { return .undecided }
        return keys.contains { reading.state(of: $0) != .deleted } ? .needs(keys.sorted()) : .none
    }

    /// Whether a set that is safe stays so with one more CMK that is safe alone: only what that CMK opens can change.
    func staysSafe(_ cmks: Set<CMK>, with cmk: CMK) -> Bool {
        let wider = cmks.union([cmk])
        return snapshots.entries(openedBy: [cmk]).allSatisfy { entry in
            if case .none = need(of: entry, for: wider) { true } else { false }
        }
    }

    /// What may stand in for `cmks`: whatever opens the snapshot, is not among them, and is not itself on its way out.
    func covers(of snapshot: ProjectReading.Snapshot, without cmks: Set<CMK>) -> Set<CMK> {
        reading.openers(of: snapshot.envelopes).subtracting(cmks).subtracting(leaving)
    }

    /// Nothing can open it any more.
    package func isLost(_ snapshot: ProjectReading.Snapshot) -> Bool {
        !snapshot.envelopes.isEmpty && snapshot.problem == nil
            && reading.possibleOpeners(of: snapshot).allSatisfy { reading.state(of: $0) == .deleted }
    }
}

/// What one check has found so far.
private struct Findings {
    let cmks: Set<CMK>
    var unknowns: [DeletionVerdict.Unknown]
    var blockers: [DeletionVerdict.Blocker] = []

    init(cmks: Set<CMK>, unknowns: [DeletionVerdict.Unknown]) {
        self.cmks = cmks
        self.unknowns = unknowns
    }

    mutating func unknown(_ cluster: String?, _ type: DeletionVerdict.UnknownType, _ id: String, _ why: String) {
        unknowns.append(.init(cluster: cluster, type: type, id: id, why: why))
    }

    mutating func block(
        _ cluster: ProjectReading.Cluster, _ type: DeletionVerdict.BlockerType, _ id: String, _ keys: [CMK],
        _ departure: DeletionDeparture, snapshot: ProjectReading.Snapshot? = nil
    ) {
        blockers.append(
            .init(
                cluster: cluster.name, type: type, id: id, keys: keys, departure: departure,
                snapshot: snapshot))
    }
}
