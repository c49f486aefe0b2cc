extension ProjectReading {
    /// One cluster's repository as it was read: the key log, then one listing of the snapshot logs, then the key log again.
    package struct Cluster: Hashable, Sendable {
        package var name: String
        package var repository: RepositoryID
        /// Why something of the repository could not be read; nil where all was.
        package var problem: String?
        /// As it stood before the listing: retirements count from here (rule R15). Nil where it could not be read.
        package var keyLog: KeyLog?
        /// As it stood after the last listing of all repositories: what others announced counts from here (K4).
        package var keyLogAfterwards: KeyLog?
        package var snapshots: [Snapshot]
        package var openSnapshots: [OpenSnapshot]
        package var recovery: Set<CMK>
        package var retention: Retention
        package var clockSkew: ClockSkew

        package init(
            name: String, repository: RepositoryID, problem: String? = nil, keyLog: KeyLog?,
            keyLogAfterwards: KeyLog? = nil, snapshots: [Snapshot] = [], openSnapshots: [OpenSnapshot] = [],
            recovery: Set<CMK> = [], retention: Retention = Retention(), clockSkew: ClockSkew = ClockSkew(seconds: 0)
        ) {
            self.name = name
            self.repository = repository
            self.problem = problem
            self.keyLog = keyLog
            self.keyLogAfterwards = keyLogAfterwards
            self.snapshots = snapshots
            self.openSnapshots = openSnapshots
            self.recovery = recovery
            self.retention = retention
            self.clockSkew = clockSkew
        }

        package var latestKeyLog: KeyLog? { keyLogAfterwards ?? keyLog }
    }

    /// A snapshot whose manifest exists, live or in the trash.
    package struct Snapshot: Hashable, Sendable {
        package var id: SnapshotID
        /// Node and source: the guard and the count rules look at one group at a time.
        package var group: [String]
        package var time: Timestamp
        package var expires: Timestamp?
        /// It has no expiry, and compliance lets none be set.
        package var isEndless: Bool
        /// Until when the store keeps it from being deleted.
        package var lockedUntil: Timestamp?
        package var label: String
        /// The CMKs of the envelopes in its header, and of later ones that were opened.
        package var envelopes: [CMK]
        /// The CMKs of envelopes added later: none counts before it was opened.
        package var laterEnvelopes: [CMK]
        package var holds: Set<String>
        package var tags: [String]
        /// When its time in the trash is over, as prune obeys it; nil where it is not there.
        package var purgeAfter: Timestamp?
        /// By which rule it was condemned.
        package var rule: String?
        package var isDamaged: Bool
        package var isSalvaged: Bool
        /// Why it cannot be read; nil where it can.
        package var problem: String?
        /// What it stored that no earlier one had, in bytes.
        package var bytesStored: UInt64
        /// The manifest's sum as read, which the evidence of its opening must bear.
        package var sum: Digest?

        package init(
            id: SnapshotID, group: [String], time: Timestamp, expires: Timestamp?, isEndless: Bool = false,
            lockedUntil: Timestamp? = nil, label: String = "", envelopes: [CMK],
            laterEnvelopes: [CMK] = [], holds: Set<String> = [], tags: [String] = [],
            purgeAfter: Timestamp? = nil, rule: String? = nil,
            isDamaged: Bool = false, isSalvaged: Bool = false, problem: String? = nil, bytesStored: UInt64 = 0, sum: Digest? = nil
        ) {
            self.id = id
            self.group = group
            self.time = time
            self.expires = expires
            self.isEndless = isEndless
            self.lockedUntil = lockedUntil
            self.label = label
            self.envelopes = envelopes
            self.laterEnvelopes = laterEnvelopes
            self.holds = holds
            self.tags = tags
            self.purgeAfter = purgeAfter
            self.rule = rule
            self.isDamaged = isDamaged
            self.isSalvaged = isSalvaged
            self.problem = problem
            self.bytesStored = bytesStored
            self.sum = sum
        }
    }

    /// A snapshot that has started and may still commit.
    package struct OpenSnapshot: Hashable, Sendable {
        package var id: SnapshotID
        /// The last key-log record that its writer had read; nil where the start record cannot be read.
        package var position: Int?

        package init(id: SnapshotID, position: Int?) {
            self.id = id
            self.position = position
        }
    }

    /// What the dates of a "not yet" are projected from.
    package struct Retention: Hashable, Sendable {
        package var policy: Policy
        package var isBackupOn: Bool
        /// The groups of which the schedule takes snapshots; nil: all that have any.
        package var sources: Set<SnapshotGroup>?

        package init(policy: Policy = Policy(), isBackupOn: Bool = true, sources: Set<SnapshotGroup>? = nil) {
            self.policy = policy
            self.isBackupOn = isBackupOn
            self.sources = sources
        }
    }
}

extension ProjectReading.Cluster {
    /// When each of its snapshots goes, as they stand in `snapshots`. One that cannot be read counts in no projection, and has no
    /// date.
    func departures(at now: Timestamp, horizonDays: Int64) -> [DeletionDeparture] {
        let projected = Projection(subjects, purgeAfter: purgeDates, under: outlook(at: now, horizonDays: horizonDays))
            .departuresInOrder
        guard projected.count < snapshots.count else { return projected }
        var departures = [DeletionDeparture](repeating: .never("unreadable"), count: snapshots.count)
        for (position, departure) in zip(readable, projected) { departures[position] = departure }
        return departures
    }

    private var readable: [Int] { snapshots.indices.filter { snapshots[$0].problem == nil } }

    /// What its policy will do.
    package func simulation(from now: Timestamp, until end: Timestamp) -> Simulation {
        Simulation(subjects, purgeAfter: purgeDates, until: end, under: outlook(at: now))
    }

    /// The snapshots that the guard alone keeps, by their groups.
    func guardedAlone(at now: Timestamp) -> [SnapshotGroup: [SnapshotID]] {
        let outlook = outlook(at: now)
        let subjects = subjects
        let set = KeepSet(
            subjects, policy: outlook.policy,
            under: .init(backupsAreOn: outlook.isBackupOn, now: now, deletedCMKs: outlook.deletedCMKs))
        return Dictionary(grouping: subjects.filter { set.reasons[$0.id] == [.guard] }, by: \.group).mapValues {
            $0.map(\.id).sorted()
        }
    }

    private var subjects: [KeepSubject] { readable.concurrentMap { snapshots[$0].subject(in: name) } }

    private var purgeDates: [SnapshotID: Timestamp] {
        Dictionary(snapshots.compactMap { snapshot in snapshot.purgeAfter.map { (snapshot.id, $0) } }) { first, _ in first }
    }

    private func outlook(
        at now: Timestamp, horizonDays: Int64 = Projection.Outlook.defaultHorizonDays
    ) -> Projection.Outlook {
        Projection.Outlook(
            policy: retention.policy.obeyed(under: latestKeyLog?.compliance), isBackupOn: retention.isBackupOn,
            sources: retention.sources, now: now, horizonDays: horizonDays, deletedCMKs: latestKeyLog?.deleted ?? [])
    }
}

extension ProjectReading.Snapshot {
    fileprivate func subject(in cluster: String) -> KeepSubject {
        KeepSubject(
            id: id, group: SnapshotGroup(cluster: cluster, node: group.first ?? "", source: group.last ?? ""), time: time,
            expires: expires, lockedUntil: lockedUntil, holds: holds, tags: tags, isDamaged: isDamaged,
            isSalvaged: isSalvaged, isInTrash: purgeAfter != nil,
            cmks: laterEnvelopes.isEmpty ? Set(envelopes) : Set(envelopes + laterEnvelopes))
    }
}
