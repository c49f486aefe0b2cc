import HoldfastModel

/// Times, zones and snapshots as the worked cases of `docs/RETENTION.md`, section 4, have them.
enum RetentionFixture {
    /// The clocks of Berlin in 2026 and 2027, as the tz database has them.
    static let berlin = Zone(
        name: "Europe/Berlin", initialOffset: 3600,
        transitions: [
            ("2026-03-29T01:00:00Z", 7200), ("2026-10-25T01:00:00Z", 3600), ("2027-03-28T01:00:00Z", 7200),
            ("2027-10-31T01:00:00Z", 3600),
        ].map { Zone.Transition(time: time($0), offset: $1) })

    /// RFC 3339, or a day, which is its 18:00.
    static func time(_ text: String) -> Timestamp {
        guard let time = Timestamp(text.contains("T") ? text : "\(text)T18:00:00Z") else { preconditionFailure(text) }
        return time
    }

    static func schedule(_ text: String) -> Schedule {
        do { return try Schedule(text) } catch { preconditionFailure("\(text): \(error)") }
    }

    static func period(_ text: String) -> Period {
        guard let period = Period(text) else { preconditionFailure(text) }
        return period
    }

    /// Items as `day: 7 days`, or `day` alone under count rules.
    static func policy(
        _ items: [String], at: String = "18:00", zone: Zone = .utc, keepMin: Int = 1, rules: KeepRules? = nil
    ) -> Policy {
        let items = items.map { text in
            let parts = text.split(separator: ":").map { String($0.drop { $0 == " " }) }
            return ScheduleItem(every: schedule(parts[0]), keep: parts.count == 2 ? period(parts[1]) : nil)
        }
        return Policy(at: TimeOfDay(at) ?? .evening, zone: zone, items: items, keepMin: keepMin, keepRules: rules)
    }

    static let group = SnapshotGroup(cluster: "shop", node: "db1", source: "data")

    static func id(_ number: Int) -> SnapshotID {
        let digits = String(number)
        guard let id = SnapshotID(String(repeating: "0", count: 32 - digits.count) + digits) else { preconditionFailure(digits) }
        return id
    }

    static func snapshot(
        _ number: Int, _ taken: String, expires: String? = nil, isEdited: Bool = false, items: [String] = ["day"],
        holds: Set<String> = [], tags: [String] = [], isDamaged: Bool = false, cmks: [String] = ["k:2"]
    ) -> KeepSubject {
        KeepSubject(
            id: id(number), group: group, time: time(taken), expires: expires.map(time), isEdited: isEdited, items: items,
            holds: holds, tags: tags, isDamaged: isDamaged, cmks: Set(cmks.compactMap { CMK($0) }))
    }

    /// What is kept at `now`, by the numbers of the snapshots.
    static func kept(
        _ snapshots: [KeepSubject], _ policy: Policy, now: String = "2027-06-01", backupsAreOn: Bool = true,
        deleted: Set<CMK> = []
    ) -> [Int: [KeepReason]] {
        let set = KeepSet(
            snapshots, policy: policy,
            under: KeepSet.Circumstances(backupsAreOn: backupsAreOn, now: time(now), deletedCMKs: deleted))
        return Dictionary(uniqueKeysWithValues: set.reasons.map { (Int($0.key.hex) ?? -1, $0.value) })
    }

    static func departures(
        _ snapshots: [KeepSubject], _ policy: Policy, now: String = "2027-06-01", isBackupOn: Bool = true,
        sources: Set<SnapshotGroup>? = nil
    ) -> [Int: DeletionDeparture] {
        let projection = Projection(
            snapshots, purgeAfter: [:], under: .init(policy: policy, isBackupOn: isBackupOn, sources: sources, now: time(now)))
        return Dictionary(uniqueKeysWithValues: projection.departures.map { (Int($0.key.hex) ?? -1, $0.value) })
    }
}

extension DeletionDeparture {
    static func on(_ day: String, _ certainty: Certainty, _ why: String) -> Self {
        Self(date: RetentionFixture.time(day), certainty: certainty, why: why)
    }

    static func none(_ why: String) -> Self { Self(date: nil, certainty: .never, why: why) }
}
