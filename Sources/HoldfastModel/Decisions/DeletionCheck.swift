/// The question that Holdfast exists for: may these CMKs be deleted? (`docs/RETENTION.md`, section 3.2.)
///
/// No clock takes part in the verdict: `departure` is asked for the date of a "not yet" alone.
package struct DeletionCheck: Sendable {
    package typealias Departure = @Sendable (ProjectReading.Snapshot, ProjectReading.Cluster) -> DeletionDeparture

    /// Clocks that differ by more make every date a projection, in seconds.
    private static let toleratedClockSkew: Int64 = 300

    package let reading: ProjectReading
    private let departure: Departure
    private let leaving: Set<CMK>

    package init(_ reading: ProjectReading, departure: @escaping Departure) {
        self.reading = reading
        self.departure = departure
        leaving = reading.leaving
    }

    /// With the dates that hold if no new snapshot is taken.
    package init(_ reading: ProjectReading, now: Timestamp) {
        self.init(reading) { snapshot, cluster in cluster.departure(of: snapshot, now: now) }
    }

    /// Collects everything that stands in the way of deleting `cmks`, all of them together.
    package func verdict(on cmks: Set<CMK>) -> DeletionVerdict {
        var findings = Findings(cmks: cmks)
        for repository in reading.unconfigured {
            findings.unknown(nil, .repository, repository.hex, "not-configured")
        }
        for cluster in reading.clusters {
            weighRepository(cluster, &findings)
            weighUse(in: cluster, &findings)
            for snapshot in cluster.openSnapshots { weigh(snapshot, in: cluster, &findings) }
            for snapshot in cluster.snapshots { weigh(snapshot, in: cluster, &findings) }
        }
        return DeletionVerdict(
            cmks: cmks, isRetiredEverywhere: reading.clusters.allSatisfy { Self.isRetired(cmks, in: $0.keyLog) },
            clocksDisagree: reading.clusters.contains { abs($0.clockSkew) > Self.toleratedClockSkew },
            blockers: findings.blockers, unknowns: findings.unknowns, lost: findings.lost)
    }

    private static func isRetired(_ cmks: Set<CMK>, in log: KeyLog?) -> Bool {
        guard let log else { return false }
        return cmks.allSatisfy { log.isRetired($0) || log.leaving.contains($0) }
    }

    private func weighRepository(_ cluster: ProjectReading.Cluster, _ findings: inout Findings) {
        if let problem = cluster.problem {
            findings.unknown(cluster.name, .repository, cluster.repository.hex, problem)
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
        let possible = findings.cmks.filter { log.mayCommit(under: $0, from: position) }
        if !possible.isEmpty { findings.block(cluster, .pin, snapshot.id.hex, possible, .waiting("in-progress")) }
    }

    /// A snapshot needs its CMKs as long as its manifest exists: live, expired, or in the trash.
    private func weigh(_ snapshot: ProjectReading.Snapshot, in cluster: ProjectReading.Cluster, _ findings: inout Findings) {
        if let problem = snapshot.problem {
            return findings.unknown(cluster.name, .snapshot, snapshot.id.hex, problem)
        }
        if snapshot.envelopes.isEmpty { return findings.unknown(cluster.name, .snapshot, snapshot.id.hex, "no-envelope") }
        switch need(of: snapshot, for: findings.cmks) {
        case .none: break
        case .lost: findings.lost.append(.init(cluster: cluster.name, id: snapshot.id))
        case .undecided: findings.unknown(cluster.name, .snapshot, snapshot.id.hex, "key-state")
        case .needs(let keys):
            findings.block(
                cluster, snapshot.purgeAfter == nil ? .snapshot : .trash, snapshot.id.hex, keys,
                departure(snapshot, cluster), snapshot: snapshot)
        }
    }

    private enum Need {
        /// Untouched, or covered by a CMK that stays.
        case none
        case needs(Set<CMK>)
        case lost
        /// Whether a CMK that stays covers it is not known.
        case undecided
    }

    private func need(of snapshot: ProjectReading.Snapshot, for cmks: Set<CMK>) -> Need {
        let openers = reading.openers(of: snapshot.envelopes)
        if isLost(snapshot) { return .lost }
        let keys = openers.intersection(cmks)
        if keys.isEmpty { return .none }
        let rest = Set(covers(of: snapshot, without: cmks).map(reading.state(of:)))
        if rest.contains(.enabled) { return .none }
        if rest.contains(.unreachable) { return .undecided }
        return keys.contains { reading.state(of: $0) != .deleted } ? .needs(keys) : .none
    }

    /// What may stand in for `cmks`: whatever opens the snapshot, is not among them, and is not itself on its way out.
    func covers(of snapshot: ProjectReading.Snapshot, without cmks: Set<CMK>) -> Set<CMK> {
        reading.openers(of: snapshot.envelopes).subtracting(cmks).subtracting(leaving)
    }

    /// Nothing can open it any more.
    package func isLost(_ snapshot: ProjectReading.Snapshot) -> Bool {
        !snapshot.envelopes.isEmpty && snapshot.problem == nil
            && reading.openers(of: snapshot.envelopes).allSatisfy { reading.state(of: $0) == .deleted }
    }
}

/// What one check has found so far.
private struct Findings {
    let cmks: Set<CMK>
    var blockers: [DeletionVerdict.Blocker] = []
    var unknowns: [DeletionVerdict.Unknown] = []
    var lost: [DeletionVerdict.Place] = []

    init(cmks: Set<CMK>) { self.cmks = cmks }

    mutating func unknown(_ cluster: String?, _ type: DeletionVerdict.UnknownType, _ id: String, _ why: String) {
        unknowns.append(.init(cluster: cluster, type: type, id: id, why: why))
    }

    mutating func block(
        _ cluster: ProjectReading.Cluster, _ type: DeletionVerdict.BlockerType, _ id: String, _ keys: Set<CMK>,
        _ departure: DeletionDeparture, snapshot: ProjectReading.Snapshot? = nil
    ) {
        blockers.append(
            .init(
                cluster: cluster.name, type: type, id: id, keys: keys.sorted(), departure: departure,
                snapshot: snapshot))
    }
}
