import Holdfast
import HoldfastModel
import Testing

/// Projects for reports: K1 was active in January, K2 is since February, when K1 was retired; now is 2027-06-01.
enum ReportFixture {
    static let now = time("2027-06-01")
    static let K1 = cmk("k:first-key")
    static let K2 = cmk("k:second-key")
    static let K3 = cmk("k:third-key")

    static func time(_ day: String) -> Timestamp { Timestamp("\(day)T18:00:00Z") ?? Timestamp(seconds: -1) }

    static func cmk(_ uri: String) -> CMK {
        guard let cmk = CMK(uri) else { preconditionFailure("a test's CMK has a scheme and a name") }
        return cmk
    }

    static func id<Tag>(_ number: Int) -> ID<Tag> {
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 4))) }
        guard let id = ID<Tag>(bytes: bytes.span) else { preconditionFailure("sixteen bytes") }
        return id
    }

    static func snapshot(
        _ number: Int, _ envelopes: [CMK], expires: String? = "2027-08-01", group: [String] = ["node", "source"]
    ) -> ProjectReading.Snapshot {
        ProjectReading.Snapshot(
            id: id(number), group: group, time: time("2027-01-15"), expires: expires.map(time), label: "month on last",
            envelopes: envelopes)
    }

    static func log(_ more: [(String, KeyRecord.Event)] = []) -> KeyLog {
        let events: [(String, KeyRecord.Event)] =
            [
                ("2027-01-01", .activate(K1)), ("2027-02-01", .activate(K2)), ("2027-02-01", .retire(K1)),
                ("2027-02-01", .roster([id(1)])),
            ]
            + more
        return KeyLog(events.enumerated().map { KeyRecord(n: $0, at: time($1.0), by: "test", event: $1.1) })
    }

    static func cluster(_ name: String, _ number: Int, _ snapshots: [ProjectReading.Snapshot], log: KeyLog? = log())
        -> ProjectReading.Cluster
    {
        let fresh = ProjectReading.Snapshot(
            id: id(1000 + number), group: ["node", "source"], time: now, expires: time("2027-06-08"), label: "day",
            envelopes: [K2])
        return ProjectReading.Cluster(name: name, repository: id(number), keyLog: log, snapshots: snapshots + [fresh])
    }

    static func reading(
        _ snapshots: [ProjectReading.Snapshot] = [], log: KeyLog = log(), states: [CMK: CMKState] = [:]
    ) -> ProjectReading {
        var keys = [K1: ProjectReading.Key(state: .enabled), K2: ProjectReading.Key(state: .enabled)]
        for (cmk, state) in states { keys[cmk] = ProjectReading.Key(state: state) }
        return ProjectReading(clusters: [cluster("app", 1, snapshots, log: log)], keys: keys)
    }

    static func report(_ reading: ProjectReading, limit: Int? = nil) -> KeysReport {
        let alerts = AlertCheck(reading, under: .init(now: now, rotateEvery: nil)).alerts
        return KeysReport(project: "test", reading: reading, alerts: alerts, asOf: now, limit: limit)
    }
}

extension KeysReport {
    func key(_ cmk: CMK) throws -> ReportedKey { try #require(keys.first { $0.cmk == cmk }) }
}
