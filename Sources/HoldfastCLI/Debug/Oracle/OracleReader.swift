import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Makes the model's values of a case's JSON.
struct OracleReader {
    let names: OracleNames

    struct CasePolicy {
        let policy: Policy
        let isBackupOn: Bool
        /// Of which groups the schedule takes snapshots; nil: all.
        let sources: [String]?
        let minKeep: Period?

        func sources(in cluster: String) -> Set<SnapshotGroup>? {
            sources.map { Set($0.map { SnapshotGroup(cluster: cluster, node: "", source: $0) }) }
        }
    }

    struct Snapshot {
        let subject: KeepSubject
        let purgeAfter: Timestamp?
        let label: String?
        /// Why it cannot be read; nil where it can.
        let problem: String?
    }

    struct Pin {
        let id: SnapshotID
        let base: SnapshotID?
        /// Nil where it cannot be read.
        let position: Int?
    }

    func policy(_ object: JSONObject) throws(JSONError) -> CasePolicy {
        let fields = try object.optional("policy", object.object) ?? JSONObject()
        var policy = Policy(at: try timeOfDay(fields), zone: try zone(fields))
        if let items = try fields.optional("items", fields.objects) {
            policy.items = try items.map { item throws(JSONError) in
                ScheduleItem(every: try schedule(item, "every"), keep: try period(item, "keep"))
            }
        }
        policy.keepMin = try count(fields, "keep_min") ?? 1
        policy.keepMinPromised = try count(fields, "keep_min_promised") ?? 0
        policy.grace = try period(fields, "grace") ?? policy.grace
        policy.keepRules = try fields.optional("rules", fields.object).map(keepRules)
        return CasePolicy(
            policy: policy, isBackupOn: fields["backup"] != "off" && fields["backup"] != false,
            sources: try fields.optional("sources", fields.strings),
            minKeep: try period(fields, "min_keep"))
    }

    private func keepRules(_ fields: JSONObject) throws(JSONError) -> KeepRules {
        var rules = KeepRules(last: try count(fields, "last") ?? 0, within: try period(fields, "within"))
        for bucket in KeepRules.Bucket.allCases {
            rules.counts[bucket] = try count(fields, bucket.rawValue)
            rules.withinBuckets[bucket] = try period(fields, "within_\(bucket.rawValue)")
        }
        rules.tags = try (fields.optional("tags", fields.array) ?? []).map { list throws(JSONError) in
            try JSONObject(dictionaryLiteral: ("tags", list)).strings("tags")
        }
        return rules
    }

    /// How many to keep: more than any case has is as many as it has.
    private func count(_ fields: JSONObject, _ name: String) throws(JSONError) -> Int? {
        try fields.optional(name, fields.integer).map { Int(min(max($0, 0), 1_000_000)) }
    }

    func schedule(_ object: JSONObject, _ name: String) throws(JSONError) -> Schedule {
        try Self.schedule(try object.string(name))
    }

    static func schedule(_ text: String) throws(JSONError) -> Schedule {
        do throws(ScheduleError) { return try Schedule(text) } catch { throw .member(text, problem: "\(error)") }
    }

    func timeOfDay(_ object: JSONObject) throws(JSONError) -> TimeOfDay {
        guard let text = try object.optional("at", object.string) else { return .evening }
        guard let time = TimeOfDay(text) else { throw .member("at", problem: "is not HH:MM") }
        return time
    }

    func zone(_ object: JSONObject) throws(JSONError) -> Zone {
        guard let name = try object.optional("zone", object.string) else { return .utc }
        guard let zone = TimeZoneDatabase.zone(named: name) else { throw .member("zone", problem: "is not in the tz database") }
        return zone
    }

    func period(_ object: JSONObject, _ name: String) throws(JSONError) -> Period? {
        guard let text = try object.optional(name, object.string) else { return nil }
        guard let period = Period(text) else { throw .member(name, problem: "is not a duration") }
        return period
    }

    func horizonDays(_ object: JSONObject) throws(JSONError) -> Int64 {
        let days = try object.optional("horizon_days", object.integer) ?? Projection.Outlook.defaultHorizonDays
        guard (0...36_600).contains(days) else { throw .member("horizon_days", problem: "is not 0 to 36600") }
        return days
    }

    /// As an object, or as a pair of time and items.
    func run(_ value: JSONValue) throws(JSONError) -> ScheduledRun {
        let fields: JSONObject
        switch value {
        case .object(let object): fields = object
        case .array(let pair) where pair.count == 2: fields = ["time": pair[0], "items": pair[1]]
        default: throw .member("runs", problem: "is not a list of runs")
        }
        return ScheduledRun(time: try fields.time("time"), items: try fields.strings("items"))
    }

    func cmks(_ object: JSONObject, _ name: String) throws(JSONError) -> Set<CMK> {
        Set(try (object.optional(name, object.strings) ?? []).map(OracleNames.cmk))
    }

    func snapshots(_ object: JSONObject) throws(JSONError) -> [Snapshot] {
        let snapshots = try (object.optional("snapshots", object.objects) ?? []).map(snapshot)
        guard Set(snapshots.map(\.subject.id)).count == snapshots.count else {
            throw .member("snapshots", problem: "has an id twice")
        }
        return snapshots
    }

    func snapshot(_ fields: JSONObject) throws(JSONError) -> Snapshot {
        let condemned = try fields.optional("tombstone", fields.object)
        let isReadable = try fields.optional("readable", fields.bool) ?? true
        let why = try fields.optional("why", fields.string)
        let subject = KeepSubject(
            id: try names.id(try fields.string("id")),
            group: SnapshotGroup(cluster: "", node: "", source: try fields.optional("group", fields.string) ?? ""),
            time: try fields.time("time"), expires: try fields.optional("expires", fields.time),
            lockedUntil: try fields.optional("locked_until", fields.time),
            isEdited: try fields.optional("edited", fields.bool) ?? false,
            items: try fields.optional("items", fields.strings) ?? [],
            holds: Set(try fields.optional("holds", fields.strings) ?? []),
            tags: try fields.optional("tags", fields.strings) ?? [],
            isDamaged: try fields.optional("bad", fields.bool) ?? false,
            isSalvaged: try fields.optional("salvaged", fields.bool) ?? false, isInTrash: condemned != nil,
            cmks: try cmks(fields, "envelopes"))
        return Snapshot(
            subject: subject, purgeAfter: try condemned.map { condemned throws(JSONError) in try condemned.time("purge_after") },
            label: try fields.optional("label", fields.string), problem: isReadable ? nil : why ?? "unreadable")
    }

    func pins(_ object: JSONObject) throws(JSONError) -> [Pin] {
        try (object.optional("pins", object.objects) ?? []).map { fields throws(JSONError) in
            let isReadable = try fields.optional("readable", fields.bool) ?? true
            let position = try fields.optional("position", fields.integer).map { Int($0) }
            return Pin(
                id: try names.id(try fields.string("id")),
                base: try fields.optional("base", fields.string).map { base throws(JSONError) in try names.id(base) },
                position: isReadable ? position : nil)
        }
    }
}
