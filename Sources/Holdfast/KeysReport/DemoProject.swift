import HoldfastCrypto
import HoldfastModel

extension KeysReport {
    /// Made-up data that shows everything a report can show; nothing is read, and it is the same every time.
    package static var demo: KeysReport {
        let demo = DemoProject()
        let deletionDates = [DemoKeys.needed: demo.day("2027-06-12"), DemoKeys.leaving: demo.day("2027-06-19")]
        let outage = Alert.Identity(kind: .cmkUnreachable, subject: DemoKeys.recovery.uri)
        let remembered: AlertRound.Memory = [
            outage: .init(level: .warning, message: "", since: demo.now + -14 * 3600, toldAt: demo.now + -14 * 3600)
        ]
        let check = AlertCheck(
            demo.reading,
            under: .init(
                now: demo.now, rotateEvery: Period(90, .days), deletionDates: deletionDates, remembered: remembered))
        return KeysReport(
            project: "acme", reading: demo.reading, deletionDates: deletionDates,
            alerts: check.alerts, asOf: demo.now, isDemo: true)
    }
}

/// The CMKs of the made-up project.
enum DemoKeys {
    static let firstLocal = cmk("local:3f2a9c0d77e14b6f8a51c2d9e0b4a6f3/acec01f2b7d84c55")
    static let gone = aws("eu-central-1", "0a61c7f2-5d0e-4b7a-9c43-1fd2a8e6b350")
    static let free = aws("eu-central-1", "5b7e02c4-81f9-4d26-b0e7-63ca95d1f08e")
    static let leaving = aws("eu-central-1", "2c90d6fe-07b3-4e58-8a1d-f4b5e29c7610")
    static let exact = aws("eu-central-1", "8d4419e6-c2a5-47f0-93be-0d76b8f1e24a")
    static let held = aws("eu-central-1", "c3f0a715-6e8b-4cd9-a254-7b19d3e0f86c")
    /// Somebody has scheduled its deletion past Holdfast, though snapshots need it.
    static let needed = aws("eu-central-1", "17be93d0-f4c6-4a81-8e3f-d5a20b7c9e14")
    static let projected = aws("eu-central-1", "e92d5a48-3b70-4f1c-b6d8-9a4e17f0c253")
    static let uncertain = aws("eu-central-1", "71d3b6a9-28ef-4c05-97a1-e6f30d8b54c7")
    static let waiting = aws("eu-central-1", "46a8f1bc-d90e-4372-8c5b-2f7d61a0e9b3")
    static let active = aws("eu-central-1", "f05c2e97-a1b4-4d68-9e02-c873b5f6d01a")
    /// Its Region does not answer.
    static let recovery = aws("eu-west-1", "b8127d3e-4fa9-4160-8bd5-a09c3e72f6d1")
    static let formerRecovery = aws("eu-west-1", "d7734c05-9be2-4f83-a6c0-518e2d4b7f9a")

    private static func aws(_ region: String, _ key: String) -> CMK {
        cmk("aws-kms:arn:aws:kms:\(region):111122223333:key/\(key)")
    }

    private static func cmk(_ uri: String) -> CMK {
        guard let cmk = CMK(uri) else { preconditionFailure("a CMK of the demonstration has a scheme and a name") }
        return cmk
    }
}

/// A project of four clusters that has rotated ten times: several policies, a hold, a joint conflict, a deletion that must be stopped, a
/// Region out of reach.
struct DemoProject {
    /// Rotations: from this day on this CMK is active everywhere.
    private static let rotations: [(day: String, cmk: CMK)] = [
        ("2025-03-03", DemoKeys.free), ("2025-06-02", DemoKeys.leaving), ("2025-09-01", DemoKeys.exact),
        ("2026-01-05", DemoKeys.held), ("2026-05-04", DemoKeys.needed), ("2026-09-07", DemoKeys.projected),
        ("2027-03-15", DemoKeys.uncertain), ("2027-04-12", DemoKeys.waiting), ("2027-05-31", DemoKeys.active),
    ]
    private static let clusters = ["archive", "ledger", "logs", "shop"]
    private static let begin = "2024-09-02"
    /// From this day on every snapshot is wrapped under the recovery CMK as well.
    private static let recoverySince = "2027-03-15"

    private(set) var reading: ProjectReading

    var now: Timestamp { Timestamp(seconds: day("2027-06-01").seconds + 9 * 3600) }

    init() {
        let states = [
            DemoKeys.gone: CMKState.deleted, DemoKeys.leaving: .pendingDeletion, DemoKeys.needed: .pendingDeletion,
            DemoKeys.recovery: .unreachable,
        ]
        let all = Self.rotations.map(\.cmk) + [DemoKeys.firstLocal, DemoKeys.gone, DemoKeys.recovery, DemoKeys.formerRecovery]
        reading = ProjectReading(
            clusters: [],
            keys: Dictionary(uniqueKeysWithValues: all.map { ($0, .init(state: states[$0] ?? .enabled)) }))
        add("archive", first: DemoKeys.firstLocal, .init(isBackupOn: false), groups: [])
        add("ledger", first: DemoKeys.gone, .init(policy: Self.long), groups: [["db1", "books"]])
        add("logs", first: DemoKeys.gone, .init(policy: Self.counted), groups: [["collector", "journal"]])
        add("shop", first: DemoKeys.gone, .init(policy: Policy()), groups: [["db1", "orders"], ["db2", "sessions"]])
        archive()
        hold()
        leaveOneOpen()
    }

    /// 09:00 UTC of a day.
    func day(_ text: String) -> Timestamp { Timestamp("\(text)T09:00:00Z") ?? Timestamp(seconds: 0) }

    private static let long = Policy(items: [
        ScheduleItem(every: .day, keep: Period(14, .days)), ScheduleItem(every: .monthOn(.last), keep: Period(18, .months)),
        ScheduleItem(every: .yearIn(.december), keep: Period(2, .years)),
    ])

    private static let counted = Policy(
        items: [ScheduleItem(every: .day, keep: nil)], keepRules: KeepRules(counts: [.daily: 7, .weekly: 4, .monthly: 5]))

    private mutating func add(
        _ name: String, first: CMK, _ retention: ProjectReading.Retention, groups: [[String]]
    ) {
        let log = keyLog(from: first)
        var cluster = ProjectReading.Cluster(
            name: name, repository: id("repository \(name)"), keyLog: log, recovery: [DemoKeys.recovery], retention: retention)
        for group in groups {
            for var snapshot in snapshots(of: cluster, group) {
                snapshot.bytesStored = UInt64(snapshot.id.bytes[0]) << 22 | UInt64(snapshot.id.bytes[1]) << 14
                cluster.snapshots.append(snapshot)
            }
        }
        reading.clusters.append(cluster)
    }

    private func keyLog(from first: CMK) -> KeyLog {
        let roster = Self.clusters.map { id("repository \($0)") as RepositoryID }
        var events: [(Timestamp, KeyRecord.Event)] = [
            (day(Self.begin) + -60, .roster(roster)), (day(Self.begin), .activate(first)),
        ]
        let other = first == DemoKeys.gone ? DemoKeys.firstLocal : DemoKeys.gone
        var before = first
        for (text, cmk) in Self.rotations {
            events.append((day(text), .activate(cmk)))
            events.append((day(text) + 60, .retire(before)))
            before = cmk
        }
        events.append((day("2025-03-03") + 120, .retire(other)))
        events.append((day("2026-02-02"), .retire(DemoKeys.formerRecovery)))
        events.append((day("2026-04-06"), .scheduled(DemoKeys.gone, date: day("2026-05-06"))))
        events.append((day("2026-05-06") + 3600, .deleted(DemoKeys.gone)))
        events.append((day("2027-05-20"), .scheduled(DemoKeys.leaving, date: day("2027-06-19"))))
        events.sort { $0.0 < $1.0 }
        return KeyLog(events.enumerated().map { KeyRecord(n: $0, at: $1.0, by: "admin", event: $1.1) })
    }

    private func id<Tag>(_ text: String) -> ID<Tag> {
        let bytes = Array(SHA256.hash(Array(text.utf8).span).bytes.prefix(ID<Tag>.byteCount))
        guard let id = ID<Tag>(bytes: bytes.span) else { preconditionFailure("a sum has sixteen bytes") }
        return id
    }
}

extension DemoProject {
    /// What the policy has left of the snapshots that a daily run has taken since the beginning.
    private func snapshots(of cluster: ProjectReading.Cluster, _ group: [String]) -> [ProjectReading.Snapshot] {
        let policy = cluster.retention.policy
        var taken: [Timestamp: [Schedule]] = [:]
        for item in policy.items {
            for time in item.every.instants(after: day(Self.begin), upTo: now, at: policy.at, in: policy.zone) {
                taken[time, default: []].append(item.every)
            }
        }
        let spans = cluster.keyLog?.activeSpans ?? []
        let all = taken.sorted { $0.key < $1.key }.compactMap { time, items -> ProjectReading.Snapshot? in
            guard let active = spans.last(where: { $0.from <= time })?.cmk else { return nil }
            let stamp = policy.expiry(of: time, items: items, ownKeep: nil, minKeep: nil)
            var snapshot = ProjectReading.Snapshot(
                id: id("\(cluster.name) \(group) \(time)"), group: group, time: time, expires: stamp.expires,
                label: stamp.label ?? "",
                envelopes: time >= day(Self.recoverySince) ? [active, DemoKeys.recovery] : [active])
            if let expires = stamp.expires, expires <= now {
                (snapshot.purgeAfter, snapshot.rule) = (policy.grace.after(expires), "expiry")
            }
            return snapshot
        }
        guard policy.keepRules != nil else { return all.filter { $0.purgeAfter.map { $0 > now } ?? true } }
        let subjects = all.map {
            KeepSubject(
                id: $0.id, group: SnapshotGroup(cluster: cluster.name, node: group[0], source: group[1]), time: $0.time,
                expires: nil, cmks: Set($0.envelopes))
        }
        let kept = KeepSet(subjects, policy: policy, under: .init(backupsAreOn: true, now: now, deletedCMKs: []))
        return all.filter { kept.reasons[$0.id]?.isEmpty == false }
    }

    /// Two snapshots that either of two CMKs opens: each can go, and not both.
    private mutating func archive() {
        for (node, text) in [("db1", "2025-04-14"), ("db2", "2025-04-21")] {
            let snapshot = ProjectReading.Snapshot(
                id: id("archive \(node)"), group: [node, "final"], time: day(text), expires: day("2028-03-01"),
                label: Policy.onDemandLabel, envelopes: [DemoKeys.free, DemoKeys.formerRecovery], bytesStored: 48 << 30)
            reading.clusters[0].snapshots.append(snapshot)
        }
    }

    private mutating func hold() {
        let held = reading.clusters[1].snapshots.firstIndex { $0.envelopes == [DemoKeys.held] }
        if let held { reading.clusters[1].snapshots[held].holds = ["case-7"] }
    }

    /// Its writer had read the key log before the last rotation: it may still commit under the CMK that was active then.
    private mutating func leaveOneOpen() {
        let retirement = reading.clusters[3].keyLog?.retired[DemoKeys.waiting] ?? 0
        reading.clusters[3].openSnapshots = [.init(id: id("shop open"), position: retirement - 2)]
    }
}
