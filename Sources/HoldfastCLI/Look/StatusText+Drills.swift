import Holdfast
import HoldfastFormat
import HoldfastModel

/// What drills have shown, as status tells it.
extension StatusText {
    func drilled(_ member: ProjectStatus.Member) -> String {
        guard drills.unreadable[member.name] == nil else { return "unreadable" }
        let history = drills.histories[member.name] ?? DrillHistory()
        if let failed = history.failing { return "FAILED \(failed.at.date)" }
        return history.passed(by: audit.asOf).map { "\($0.at.date)" } ?? "never"
    }

    /// Whoever asks for no drills is told once that there are any.
    var drillNote: [String] {
        if let plan = project.drill {
            return plan.host.flatMap { host in drills.plan == nil ? ["drills are run and watched on \(host)"] : nil } ?? []
        }
        guard status.members.contains(where: { drills.histories[$0.name]?.passed(by: audit.asOf) == nil }) else { return [] }
        return [
            "nothing shows that these backups restore: holdfast drill does, and drill: in the project file asks for it regularly"
        ]
    }
}

extension DrillRecord {
    var json: JSONObject {
        [
            "time": .text(at), "outcome": .string(outcome.rawValue), "covers_cluster": .bool(coversCluster),
            "snapshots": .array(turns.map { .text($0.snapshot) }), "cmks": .array(cmks.map { .text($0) }),
            "files": .count(files), "bytes": .count(bytes),
            "message": .string(message),
        ]
    }
}

extension DrillPlan {
    var json: JSONObject { ["every": .text(every), "sample": .text(amount), "host": .text(host)] }
}
