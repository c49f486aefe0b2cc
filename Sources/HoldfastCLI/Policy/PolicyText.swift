import HoldfastFormat
import HoldfastModel

/// A cluster's policy as text and as JSON.
struct PolicyText {
    let cluster: Cluster
    let compliance: Compliance?
    let now: Timestamp

    private var policy: Policy { compliance?.applied(to: cluster.policy) ?? cluster.policy }

    var lines: [String] {
        var table = Table([("  every", .left), ("keep", .left), ("next", .left)])
        for item in policy.items {
            table.add([
                "  \(item.every)", item.keep.map(\.description) ?? "by the rules",
                next(item).map { "\($0.toTheMinute) UTC" } ?? "",
            ])
        }
        let head = "\(cluster.name): backup \(cluster.isBackupOn ? "on" : "off"), at \(policy.at) \(policy.zone)"
        return [head] + (policy.items.isEmpty ? ["  no schedule"] : table.lines) + rules
            + ["  on demand: \(policy.onDemand); \(guardWords); trash: \(policy.grace)"] + promise
    }

    private var guardWords: String {
        let count = policy.guardCount(backupsAreOn: cluster.isBackupOn)
        return count > 0 ? "the newest \(count) stay" : "no guard while backup is off"
    }

    private func next(_ item: ScheduleItem) -> Timestamp? {
        cluster.isBackupOn ? item.every.firstInstant(after: now, at: policy.at, in: policy.zone) : nil
    }

    private var rules: [String] {
        guard let rules = policy.keepRules else { return [] }
        return ["  keep: \(Self.words(rules).joined(separator: ", "))"]
    }

    private static func words(_ rules: KeepRules) -> [String] {
        var words = rules.last > 0 ? ["last \(rules.last)"] : []
        words += KeepRules.Bucket.allCases.compactMap { bucket in rules.counts[bucket].map { "\(bucket.rawValue) \($0)" } }
        if let within = rules.within { words.append("within \(within)") }
        words += KeepRules.Bucket.allCases.compactMap { bucket in
            rules.withinBuckets[bucket].map { "\(bucket.rawValue) within \($0)" }
        }
        return words + rules.tags.map { "tagged \($0.joined(separator: "+"))" }
    }

    private var promise: [String] {
        guard let compliance else { return [] }
        return [
            "  compliance: nothing is kept under \(compliance.minKeep), the trash \(compliance.grace), the newest "
                + "\(compliance.keepMin); expiries only move later",
            "  It binds Holdfast's clients, not someone with raw access to the store.",
        ]
    }

    var json: JSONObject {
        [
            "cluster": .string(cluster.name), "backup": .bool(cluster.isBackupOn), "at": .text(policy.at),
            "zone": .text(policy.zone),
            "items": .array(
                policy.items.map {
                    .object(["every": .text($0.every), "keep": .text($0.keep), "next": .text(next($0))])
                }),
            "keep_rules": policy.keepRules.map { .object(Self.json($0)) } ?? .null, "on_demand": .text(policy.onDemand),
            "keep_min": .integer(Int64(policy.keepMin)), "grace": .text(policy.grace),
            "compliance": compliance.map {
                .object([
                    "min_keep": .text($0.minKeep), "grace": .text($0.grace), "keep_min": .integer(Int64($0.keepMin)),
                ])
            } ?? .null,
        ]
    }

    private static func json(_ rules: KeepRules) -> JSONObject {
        var object = JSONObject()
        if rules.last > 0 { object.append("last", .integer(Int64(rules.last))) }
        for bucket in KeepRules.Bucket.allCases {
            if let count = rules.counts[bucket] { object.append(bucket.rawValue, .integer(Int64(count))) }
            if let period = rules.withinBuckets[bucket] { object.append("within_\(bucket.rawValue)", .text(period)) }
        }
        if let within = rules.within { object.append("within", .text(within)) }
        if !rules.tags.isEmpty { object.append("tags", .array(rules.tags.map { .array($0.map(JSONValue.string)) })) }
        return object
    }
}
