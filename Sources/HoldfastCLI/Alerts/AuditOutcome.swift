import Holdfast
import HoldfastFormat
import HoldfastModel

/// What an audit found and told, as text and as JSON.
struct AuditOutcome {
    let project: String
    let report: AuditKeys.Report
    let round: AlertRound
    /// Ways of delivery that failed.
    var undelivered: [Failure] = []

    var status: ExitStatus {
        if report.isCritical { return .criticalAlert }
        return undelivered.isEmpty ? .done : .failed
    }

    var lines: [String] {
        let alerts = report.alerts.flatMap { $0.lines }
        let read = "Read: \(report.read.line); \(report.asOf.toTheMinute) UTC."
        return (alerts.isEmpty ? ["no alerts"] : alerts) + over + [read]
    }

    /// What is to be told now: a job that runs every hour says nothing twice.
    var news: [String] { (round.raised + round.repeated).flatMap(\.lines) + over }

    private var over: [String] {
        round.resolved.map { Table.printable("over: \($0.kind.rawValue): \($0.subject)") }
    }

    var json: JSONObject {
        [
            "message_type": "audit", "project": .string(project),
            "alerts": .array(report.alerts.map { .object($0.json(since: round.memory[$0.identity]?.since)) }),
            "raised": .array(round.raised.map { .string($0.identity.text) }),
            "repeated": .array(round.repeated.map { .string($0.identity.text) }),
            "resolved": .array(round.resolved.map { .string($0.text) }), "complete": .bool(report.isComplete),
            "as_of": .text(report.asOf), "read": .object(report.read.json),
        ]
    }
}

extension Alert {
    /// What it is, then what to do.
    var lines: [String] {
        ["\(level == .critical ? "CRITICAL" : level.rawValue): \(Table.printable(message))"]
            + next.map { "    \(Table.printable($0))" }
    }

    func json(since: Timestamp?) -> JSONObject {
        [
            "kind": .string(identity.kind.rawValue), "level": .string(level.rawValue), "subject": .string(identity.subject),
            "message": .string(message), "next": .array(next.map(JSONValue.string)), "since": .text(since),
        ]
    }
}

extension Alert.Identity {
    var text: String { "\(kind.rawValue) \(subject)" }
}
