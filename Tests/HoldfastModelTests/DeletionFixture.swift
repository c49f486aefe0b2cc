import HoldfastModel

/// A project for the worked cases: K1 retired, K2 active, a fresh K2 snapshot, now 2027-06-01 18:00.
struct DeletionFixture {
    static let now = time("2027-06-01")

    /// 18:00 UTC of a day.
    static func time(_ day: String) -> Timestamp { Timestamp("\(day)T18:00:00Z") ?? Timestamp(seconds: -1) }

    static func cmk(_ name: String) -> CMK { CMK("k:\(name)") ?? CMKs.never }

    static func repository(_ number: UInt8) -> RepositoryID { id(number) }

    static func id<Tag>(_ number: UInt8) -> ID<Tag> {
        guard let id = ID<Tag>(bytes: [UInt8](repeating: number, count: 16).span) else { preconditionFailure("sixteen bytes") }
        return id
    }

    static func sum(_ number: UInt8) -> Digest {
        guard let sum = Digest(bytes: [UInt8](repeating: number, count: 32).span) else { preconditionFailure("32 bytes") }
        return sum
    }

    /// A key log out of events, at one time.
    static func log(_ events: [KeyRecord.Event]) -> KeyLog {
        KeyLog(events.enumerated().map { KeyRecord(n: $0, at: time("2027-01-01"), by: "test", event: $1) })
    }

    static func snapshot(
        _ number: UInt8, _ envelopes: [CMK], taken: String = "2027-05-01", expires: String? = "2027-08-01"
    ) -> ProjectReading.Snapshot {
        ProjectReading.Snapshot(
            id: id(number), group: ["node", "source"], time: time(taken), expires: expires.map(time), envelopes: envelopes,
            sum: sum(number))
    }

    static func cluster(
        _ name: String, _ number: UInt8, _ events: [KeyRecord.Event]? = nil, _ snapshots: [ProjectReading.Snapshot] = []
    ) -> ProjectReading.Cluster {
        let events = events ?? [.roster([repository(number)]), .activate(K1), .activate(K2), .retire(K1)]
        return ProjectReading.Cluster(name: name, repository: repository(number), keyLog: log(events), snapshots: snapshots)
    }

    /// A cluster `app` with these snapshots, and the fresh one under K2 that numbers 255.
    static func project(
        _ snapshots: [ProjectReading.Snapshot], events: [KeyRecord.Event]? = nil, states: [CMK: CMKState] = [:]
    ) -> ProjectReading {
        let fresh = snapshot(255, [K2], taken: "2027-06-01", expires: "2027-06-08")
        return ProjectReading(clusters: [cluster("app", 1, events, snapshots + [fresh])], keys: keys(states))
    }

    static func keys(_ states: [CMK: CMKState] = [:]) -> [CMK: ProjectReading.Key] {
        var keys = [K1, K2, K3, R].reduce(into: [:]) { $0[$1] = ProjectReading.Key(state: .enabled) }
        for (cmk, state) in states { keys[cmk] = ProjectReading.Key(state: state) }
        return keys
    }

    static func verdict(_ reading: ProjectReading, _ cmks: CMK..., now: Timestamp = now) -> DeletionVerdict {
        DeletionCheck(reading, now: now).verdict(on: Set(cmks))
    }
}

let K1 = DeletionFixture.cmk("1")
let K2 = DeletionFixture.cmk("2")
let K3 = DeletionFixture.cmk("3")
let R = DeletionFixture.cmk("r")

private enum CMKs {
    static var never: CMK { preconditionFailure("a test's CMK has a scheme and a name") }
}

extension DeletionVerdict.When {
    static func exact(_ day: String) -> Self { Self(kind: .exact, date: DeletionFixture.time(day)) }
}
