import HoldfastFormat
import HoldfastModel

/// The project of a case: clusters, key logs, and what the key managers say.
extension OracleReader {
    func project(_ object: JSONObject) throws(JSONError) -> ProjectReading {
        let gone = try (object.optional("gone", object.strings) ?? []).map { name throws(JSONError) -> RepositoryID in
            try names.id(name)
        }
        return ProjectReading(
            clusters: try object.objects("clusters").map(cluster), gone: Set(gone),
            keys: try keys(try object.optional("keys", object.object) ?? JSONObject()))
    }

    private func keys(_ object: JSONObject) throws(JSONError) -> [CMK: ProjectReading.Key] {
        var keys: [CMK: ProjectReading.Key] = [:]
        var families: [String: Set<CMK>] = [:]
        for member in object.members {
            guard case .object(let fields) = member.value else { continue }
            if case .string(let family)? = fields["family"] {
                families[family, default: []].insert(try OracleNames.cmk(member.name))
            }
        }
        for member in object.members {
            let cmk = try OracleNames.cmk(member.name)
            guard case .object(let fields) = member.value else {
                keys[cmk] = ProjectReading.Key(state: .unreachable)
                continue
            }
            let word = try fields.optional("state", fields.string) ?? CMKState.unreachable.rawValue
            guard let state = CMKState(rawValue: word) else { throw .member("state", problem: "\(word) is no state of a CMK") }
            var family: Set<CMK> = []
            switch fields["family"] {
            case .string(let name): family = families[name] ?? []
            case .array: family = try cmks(fields, "family")
            default: break
            }
            keys[cmk] = ProjectReading.Key(state: state, family: family)
        }
        return keys
    }

    private func cluster(_ fields: JSONObject) throws(JSONError) -> ProjectReading.Cluster {
        let policy = try policy(fields)
        let name = try fields.string("name")
        let log = try fields.optional("keylog", fields.objects).map(keyLog)
        let why = try fields.optional("why", fields.string) ?? "unreachable"
        let isReachable = try fields.optional("reachable", fields.bool) ?? true
        return ProjectReading.Cluster(
            name: name, repository: try names.id(try fields.optional("repo", fields.string) ?? name),
            problem: isReachable && log != nil ? nil : why, keyLog: log?.log,
            snapshots: try snapshots(fields).map { snapshot throws(JSONError) in
                try reading(snapshot, envelopes: fields, in: name)
            },
            openSnapshots: try pins(fields).map { pin in
                ProjectReading.OpenSnapshot(id: pin.id, position: pin.position.map { log?.position(after: $0) ?? -1 })
            },
            recovery: try cmks(fields, "recovery"),
            retention: ProjectReading.Retention(policy: policy.policy, isBackupOn: policy.isBackupOn),
            clockSkew: ClockSkew(seconds: try fields.optional("clock_skew", fields.integer) ?? 0))
    }

    private func reading(
        _ snapshot: Snapshot, envelopes: JSONObject, in cluster: String
    ) throws(JSONError) -> ProjectReading.Snapshot {
        let subject = snapshot.subject
        return ProjectReading.Snapshot(
            id: subject.id, group: ["", subject.group.source], time: subject.time, expires: subject.expires,
            envelopes: subject.cmks.sorted(), holds: subject.holds, tags: subject.tags, purgeAfter: snapshot.purgeAfter,
            isDamaged: subject.isDamaged, problem: snapshot.problem)
    }

    /// A case's key log names states, ours events: one line of the case may take several of our records.
    struct CaseKeyLog {
        var log = KeyLog()
        /// For each line of the case: its number, and that of the last of our records that stands for it.
        var positions: [(line: Int, record: Int)] = []

        func position(after line: Int) -> Int { positions.last { $0.line <= line }?.record ?? -1 }
    }

    private func keyLog(_ lines: [JSONObject]) throws(JSONError) -> CaseKeyLog {
        var result = CaseKeyLog()
        for line in lines {
            for event in try events(line, after: result.log) {
                result.log.append(
                    KeyRecord(n: result.log.records.count, at: Timestamp(seconds: 0), by: "case", event: event))
            }
            result.positions.append((Int(try line.integer("n")), result.log.position))
        }
        return result
    }

    private func events(_ line: JSONObject, after log: KeyLog) throws(JSONError) -> [KeyRecord.Event] {
        var events: [KeyRecord.Event] = []
        if let roster = try line.optional("roster", line.strings), !roster.isEmpty {
            events.append(.roster(try roster.map { name throws(JSONError) -> RepositoryID in try names.id(name) }))
        }
        guard let cmk = try line.optional("cmk", line.string).map(OracleNames.cmk) else { return events }
        let state = try line.string("state")
        // Nothing is announced, scheduled or deleted that is not retired first.
        if state != "active" { events.append(.retire(cmk)) }
        switch state {
        case "active": events.append(.activate(cmk))
        case "retired": break
        case "announced":
            let id: AnnouncementID = OracleNames.id(log.records.count)
            events.append(.announce(Announcement(id: id, home: OracleNames.id(0), cmks: [cmk])))
        case "scheduled": events.append(.scheduled(cmk, date: Timestamp(seconds: 0)))
        case "deleted": events.append(.deleted(cmk))
        default: throw .member("state", problem: "\(state) is no state of a key log")
        }
        return events
    }
}
