import HoldfastFormat
import HoldfastModel

/// The project of a case: clusters, key logs, and what the key managers say.
extension OracleReader {
    func project(_ object: JSONObject) throws(JSONError) -> ProjectReading {
        let gone = try (object.optional("gone", object.strings) ?? []).map { name throws(JSONError) -> RepositoryID in
            try names.id(name)
        }
        var keys = try keys(try object.optional("keys", object.object) ?? JSONObject())
        // A CMK that a case names anywhere is known, and unreachable where it says no more of it.
        for name in OracleNames.strings(of: object["clusters"] ?? .null, in: ["cmk", "envelopes", "recovery"]) {
            let cmk = try OracleNames.cmk(name)
            if keys[cmk] == nil { keys[cmk] = ProjectReading.Key(state: .unreachable) }
        }
        return ProjectReading(clusters: try object.objects("clusters").map(cluster), gone: Set(gone), keys: keys)
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
        let isReachable = try fields.optional("reachable", fields.bool) ?? true
        var cluster = ProjectReading.Cluster(
            name: name, repository: try names.id(try fields.optional("repo", fields.string) ?? name), keyLog: nil,
            recovery: try cmks(fields, "recovery"),
            retention: ProjectReading.Retention(
                policy: policy.policy, isBackupOn: policy.isBackupOn, sources: policy.sources(in: name)),
            clockSkew: ClockSkew(seconds: try fields.optional("clock_skew", fields.integer) ?? 0))
        // What a case tells of a repository that cannot be read was read by nobody: the configuration alone counts.
        guard isReachable, log != nil else {
            cluster.problem = try fields.optional("why", fields.string) ?? "unreachable"
            return cluster
        }
        cluster.keyLog = log
        cluster.snapshots = try snapshots(fields).map(reading)
        cluster.openSnapshots = try pins(fields).map { ProjectReading.OpenSnapshot(id: $0.id, position: $0.position) }
        return cluster
    }

    private func reading(_ snapshot: Snapshot) -> ProjectReading.Snapshot {
        let subject = snapshot.subject
        return ProjectReading.Snapshot(
            id: subject.id, group: ["", subject.group.source], time: subject.time, expires: subject.expires,
            lockedUntil: subject.lockedUntil, envelopes: subject.cmks.sorted(), holds: subject.holds, tags: subject.tags,
            purgeAfter: snapshot.purgeAfter,
            isDamaged: subject.isDamaged, isSalvaged: subject.isSalvaged, problem: snapshot.problem)
    }

    private func keyLog(_ lines: [JSONObject]) throws(JSONError) -> KeyLog {
        KeyLog(states: try lines.map(stateLine))
    }

    private func stateLine(_ fields: JSONObject) throws(JSONError) -> KeyLog.StateLine {
        let roster = try (fields.optional("roster", fields.strings) ?? []).map { name throws(JSONError) -> RepositoryID in
            try names.id(name)
        }
        let cmk = try fields.optional("cmk", fields.string).map(OracleNames.cmk)
        let change = try cmk.map { cmk throws(JSONError) in (cmk, try state(fields)) }
        return KeyLog.StateLine(n: Int(try fields.integer("n")), change: change, roster: Set(roster))
    }

    private func state(_ fields: JSONObject) throws(JSONError) -> KeyLog.State {
        let word = try fields.string("state")
        guard let state = KeyLog.State(rawValue: word) else {
            throw .member("state", problem: "\(word) is no state of a key log")
        }
        return state
    }
}
