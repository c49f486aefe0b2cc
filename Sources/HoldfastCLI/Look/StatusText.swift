import Holdfast
import HoldfastFormat
import HoldfastModel

/// A project's status as text and as JSON.
struct StatusText {
    let status: ProjectStatus
    let audit: AuditKeys.Report
    let drills: DrillWatch
    let project: Project

    var lines: [String] {
        var table = Table([
            ("Cluster", .left), ("Backup", .left), ("Newest", .left), ("Snapshot", .left), ("Snapshots", .right),
            ("Drilled", .left), ("Active CMK", .left),
        ])
        for member in status.members { table.add(cells(member)) }
        return ["project \(project.name)"] + table.lines + rotation + drillNote + alerts
    }

    private func cells(_ member: ProjectStatus.Member) -> [String] {
        guard let reading = member.reading else {
            return [member.name, member.isBackupOn ? "on" : "off", "unreadable", "", "", drilled(member), ""]
        }
        let newest = reading.newest
        return [
            member.name, member.isBackupOn ? "on" : "off", newest?.log.header?.time.toTheMinute ?? "none",
            newest?.id.short ?? "", "\(reading.snapshots.count { $0.log.exists })", drilled(member),
            reading.keyLog.active?.uri ?? "none",
        ]
    }

    private var rotation: [String] {
        guard let rotation = status.rotation else { return [] }
        let (lagging, writers) = (rotation.laggingClusters.count, rotation.openWriters.count)
        let count = status.members.count
        let old =
            writers == 0
            ? ": do not disable or delete the old CMK"
            : ", \(writers) \(writers == 1 ? "writer" : "writers") still on the old CMK: do not disable or delete it"
        return ["rotation in progress: \(count - lagging) of \(count) clusters\(old)"]
            + rotation.laggingClusters.map {
                "  cluster \($0) still uses another CMK: holdfast keys rotate --to \(rotation.target.shellWord)"
            }
            + rotation.unretiredClusters.map {
                "  cluster \($0) has not retired the old CMK yet: holdfast keys rotate --to \(rotation.target.shellWord)"
            }
            + rotation.openWriters.map {
                "  snapshot \($0.snapshot.short) of \($0.node)/\($0.source) in \($0.cluster) began before it and still runs"
            }
    }

    private var alerts: [String] { audit.alerts.isEmpty ? ["no alerts"] : audit.alerts.flatMap(\.lines) }

    var json: JSONObject {
        [
            "message_type": "status", "project": .string(project.name),
            "clusters": .array(status.members.map { .object(json($0)) }),
            "rotation": status.rotation.map { .object(json($0)) } ?? .null,
            "drill": project.drill.map { .object($0.json) } ?? .null,
            "alerts": .array(audit.alerts.map { .object($0.json(since: nil)) }),
        ]
    }

    private func json(_ member: ProjectStatus.Member) -> JSONObject {
        let (newest, history) = (member.reading?.newest, drills.histories[member.name] ?? DrillHistory())
        return [
            "name": .string(member.name), "backup": .bool(member.isBackupOn), "readable": .bool(member.reading != nil),
            "newest": newest.map { .object(["id": .text($0.id), "time": .text($0.log.header?.time)]) } ?? .null,
            "snapshots": member.reading.map { .integer(Int64($0.snapshots.count { $0.log.exists })) } ?? .null,
            "active_cmk": .text(member.reading?.keyLog.active), "drill": history.last.map { .object($0.json) } ?? .null,
            "last_passed": .text(history.passed(by: audit.asOf)?.at),
        ]
    }

    private func json(_ rotation: ProjectStatus.Rotation) -> JSONObject {
        [
            "to": .text(rotation.target), "lagging": .array(rotation.laggingClusters.map(JSONValue.string)),
            "unretired": .array(rotation.unretiredClusters.map(JSONValue.string)),
            "writers": .array(
                rotation.openWriters.map {
                    .object([
                        "cluster": .string($0.cluster), "snapshot": .text($0.snapshot), "node": .string($0.node),
                        "source": .string($0.source),
                    ])
                }),
        ]
    }
}
