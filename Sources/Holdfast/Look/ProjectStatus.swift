package import HoldfastModel

/// Where a project stands: each cluster's newest snapshot and CMK, a rotation that is under way, and what is wrong.
package struct ProjectStatus: Sendable {
    /// One cluster, as far as it could be read.
    package struct Member: Sendable {
        package let name: String
        package let isBackupOn: Bool
        /// Nil where it could not be read, for the reason given.
        package let reading: RepositoryReading?
        package let problem: String?
        /// What the key manager says of the CMKs that its snapshots need.
        package let cmkStates: [CMK: CMKState]

        package init(
            name: String, isBackupOn: Bool, reading: RepositoryReading?, problem: String? = nil, cmkStates: [CMK: CMKState] = [:]
        ) {
            self.name = name
            self.isBackupOn = isBackupOn
            self.reading = reading
            self.problem = problem
            self.cmkStates = cmkStates
        }
    }

    package struct Alert: Hashable, Sendable {
        package let isCritical: Bool
        package let cluster: String
        package let message: String
    }

    /// A writer that read the key log before its CMK was retired: it may still commit under the old one.
    package struct Writer: Hashable, Sendable {
        package let cluster: String
        package let snapshot: SnapshotID
        package let node: String
        package let source: String
    }

    /// The CMK that is newest in the project is not everywhere yet.
    package struct Rotation: Hashable, Sendable {
        package let target: CMK
        /// Clusters in which another CMK is active.
        package let laggingClusters: [String]
        package let openWriters: [Writer]
    }

    package let members: [Member]
    package let rotation: Rotation?
    package let alerts: [Alert]

    package init(_ members: [Member]) {
        self.members = members
        rotation = Self.rotation(of: members)
        alerts = members.flatMap(Self.alerts)
    }

    package var isCritical: Bool { alerts.contains(where: \.isCritical) }

    private static func rotation(of members: [Member]) -> Rotation? {
        let logs = members.compactMap { member in member.reading.map { (member.name, $0) } }
        let newest = logs.filter { $0.1.keyLog.active != nil }
            .max { ($0.1.keyLog.activeSince ?? .distantPast) < ($1.1.keyLog.activeSince ?? .distantPast) }
        guard let target = newest?.1.keyLog.active else { return nil }
        let lagging = logs.filter { $0.1.keyLog.active != target }.map(\.0)
        let writers = logs.flatMap { name, reading in reading.writersBeforeRetirement(of: target, in: name) }
        guard !lagging.isEmpty || !writers.isEmpty else { return nil }
        return Rotation(target: target, laggingClusters: lagging, openWriters: writers)
    }

    private static func alerts(of member: Member) -> [Alert] {
        guard let reading = member.reading else {
            return [Alert(isCritical: true, cluster: member.name, message: "cannot be read: \(member.problem ?? "unknown")")]
        }
        var alerts = reading.alarms.map { Alert(isCritical: true, cluster: member.name, message: "\($0)") }
        for view in reading.snapshots {
            if case .unreadable(let why) = view.log.state {
                alerts.append(
                    Alert(isCritical: true, cluster: member.name, message: "snapshot \(view.id) cannot be read: \(why)"))
            } else if view.log.exists, view.log.isDamaged {
                alerts.append(Alert(isCritical: true, cluster: member.name, message: "snapshot \(view.id) is damaged"))
            }
        }
        alerts += reading.unopenable(member.cmkStates).map { cmk, state, count in
            let message = "CMK \(cmk) is \(state.rawValue), and \(count) snapshots need it"
            return Alert(isCritical: state != .unreachable, cluster: member.name, message: message)
        }
        if member.isBackupOn, reading.newest == nil {
            alerts.append(Alert(isCritical: false, cluster: member.name, message: "no snapshot yet"))
        }
        return alerts
    }
}

extension RepositoryReading {
    /// The live snapshot with the latest time.
    package var newest: SnapshotView? {
        snapshots.filter { $0.log.state == .live }.max { a, b in
            guard let a = a.log.header, let b = b.log.header else { return false }
            return (a.time, a.finished) < (b.time, b.finished)
        }
    }

    fileprivate func writersBeforeRetirement(of target: CMK, in cluster: String) -> [ProjectStatus.Writer] {
        let activation = keyLog.records.last { $0.event == .activate(target) }?.n ?? Int.max
        return snapshots.compactMap { view in
            guard view.log.state == .open, let start = view.log.start, start.keyLogPosition < activation else { return nil }
            return ProjectStatus.Writer(cluster: cluster, snapshot: view.id, node: start.node, source: start.source)
        }
    }

    /// CMKs that are not usable and that snapshots need, since none of their other envelopes is under a usable one.
    fileprivate func unopenable(_ states: [CMK: CMKState]) -> [(CMK, CMKState, Int)] {
        var counts: [CMK: Int] = [:]
        for view in snapshots where view.log.exists {
            guard let header = view.log.header else { continue }
            let cmks = Set((header.envelopes + view.log.laterEnvelopes).map(\.cmk))
            guard !cmks.contains(where: { states[$0] == .enabled }) else { continue }
            for cmk in cmks { counts[cmk, default: 0] += 1 }
        }
        return counts.sorted { $0.key < $1.key }.compactMap { cmk, count in states[cmk].map { (cmk, $0, count) } }
    }

    /// All CMKs that snapshots which exist need.
    package var neededCMKs: Set<CMK> {
        Set(snapshots.filter(\.log.exists).flatMap { ($0.log.header?.envelopes ?? []).map(\.cmk) })
    }
}

extension Timestamp {
    fileprivate static let distantPast = Timestamp(seconds: .min)
}
