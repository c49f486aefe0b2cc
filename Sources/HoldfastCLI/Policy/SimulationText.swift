import HoldfastFormat
import HoldfastModel

/// A look ahead as text and as JSON.
struct SimulationText {
    let clusters: [SimulatedCluster]
    /// Nil where not all clusters were looked at: then nothing can be said of CMKs.
    let which: WhichKeys?
    let until: Timestamp

    var lines: [String] {
        clusters.flatMap(table) + cmks
            + ["As scheduled, with prunes on time. A hold or an extension moves dates; so does a prune that does not run."]
    }

    private func table(_ cluster: SimulatedCluster) -> [String] {
        var table = Table([
            ("  From", .left), ("Taken", .right), ("Condemned", .right), ("Purged", .right), ("Live", .right), ("Trash", .right),
            ("", .left),
        ])
        for row in cluster.simulation.rows {
            table.add([
                "  \(row.start.date)", "\(row.taken)", "\(row.condemned)", "\(row.purged)", "\(row.live)", "\(row.inTrash)",
                freed(in: row),
            ])
        }
        let unread = cluster.unread == 0 ? nil : "\(cluster.unread) of its snapshots, which count nowhere"
        let problem =
            (cluster.problem.map(DeletionVerdict.Unknown.words(for:)) ?? unread).map { ["  could not be read whole: \($0)"] }
            ?? []
        return ["\(cluster.name), until \(until.date):"] + problem + table.lines + [""]
    }

    /// The CMKs that a period frees, beside it.
    private func freed(in row: Simulation.Row) -> String {
        let free = (which?.alone ?? [:]).filter { cmk, verdict in
            guard let when = verdict.when, let date = when.date else { return false }
            return [.exact, .projected].contains(when.kind) && row.start <= date && date < row.end
        }
        return free.isEmpty ? "" : "free: \(free.keys.sorted().map(\.uri).joined(separator: ", "))"
    }

    private var cmks: [String] {
        guard let which else { return ["CMKs: only all clusters together can say; leave out --cluster."] }
        return ["CMKs:"]
            + which.alone.sorted { $0.key < $1.key }.map { cmk, verdict in "  \(cmk)   \(words(cmk, verdict))" } + [""]
    }

    private func words(_ cmk: CMK, _ verdict: DeletionVerdict) -> String {
        if which?.inUse.contains(cmk) == true { return "in use" }
        switch verdict.answer {
        case .safeForGood, .safeNow: return "nothing needs it now: holdfast keys check \(cmk.shellWord)"
        case .unknown: return "unknown: part could not be read"
        case .blocked: break
        }
        let date = verdict.when?.date.map { "\($0.date)" } ?? "no date"
        switch verdict.when?.kind {
        case .exact: return "free from \(date) (exact)"
        case .projected: return "free from about \(date)"
        case .notBefore: return "not before \(date); part could not be read"
        case .waiting: return "waiting for what is in progress"
        case .never, nil: return "never, as things stand: holdfast keys check \(cmk.shellWord)"
        }
    }

    var json: JSONObject {
        [
            "message_type": "simulation", "until": .text(until), "clusters": .array(clusters.map { .object(json($0)) }),
            "cmks": which.map { which in
                .array(which.alone.sorted { $0.key < $1.key }.map { .object(json($0.key, $0.value, which)) })
            } ?? .null,
        ]
    }

    private func json(_ cluster: SimulatedCluster) -> JSONObject {
        [
            "name": .string(cluster.name), "problem": .text(cluster.problem), "unread": .integer(Int64(cluster.unread)),
            "periods": .array(
                cluster.simulation.rows.map { row in
                    .object([
                        "start": .text(row.start), "end": .text(row.end), "taken": .integer(Int64(row.taken)),
                        "condemned": .integer(Int64(row.condemned)), "purged": .integer(Int64(row.purged)),
                        "live": .integer(Int64(row.live)), "trash": .integer(Int64(row.inTrash)),
                    ])
                }),
        ]
    }

    private func json(_ cmk: CMK, _ verdict: DeletionVerdict, _ which: WhichKeys) -> JSONObject {
        [
            "uri": .text(cmk), "in_use": .bool(which.inUse.contains(cmk)), "verdict": .string(verdict.answer.rawValue),
            "when": verdict.when.map { .object(["kind": .string($0.kind.rawValue), "date": .text($0.date)]) } ?? .null,
        ]
    }
}
