import HoldfastFormat
import HoldfastModel

/// A cluster's part of a tick as text and as JSON.
extension ClusterTick.Report {
    func lines(isDryRun: Bool) -> [String] {
        var lines: [String] = []
        if isDryRun {
            lines += due.map { due in
                let missed = due.run.missed > 0 ? ", makes good \(due.run.missed) more" : ""
                return "\(cluster)/\(due.source.name) is due: \(names(due.run.items))\(missed)"
            }
        }
        lines += skipped.map { "\(cluster)/\($0) passed over: another run is at it, or has just taken it" }
        if due.isEmpty, failures.isEmpty { lines.append("\(cluster): nothing is due") }
        if let next = nextInstants.min() { lines.append("\(cluster): next at \(next.toTheMinute) UTC") }
        return lines
    }

    var json: JSONObject {
        [
            "name": .string(cluster),
            "due": .array(
                due.map { due in
                    .object([
                        "source": .string(due.source.name), "items": .array(due.run.items.map { .text($0) }),
                        "missed": .integer(Int64(due.run.missed)),
                    ])
                }),
            "taken": .array(taken.map { .object(["source": .string($0.source), "snapshot": .text($0.snapshot)]) }),
            "skipped": .array(skipped.map(JSONValue.string)),
            "failures": .array(failures.map { .object($0.json) }),
            "next": .text(nextInstants.min()),
        ]
    }

    private func names(_ items: [Schedule]) -> String { items.map(\.description).joined(separator: ", ") }
}
