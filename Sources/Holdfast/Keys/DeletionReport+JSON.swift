package import HoldfastFormat
import HoldfastModel

/// As `docs/RETENTION.md`, section 3.4, has it.
extension DeletionReport {
    package var json: JSONObject {
        var object: JSONObject = [
            "delete": .array(verdict.cmks.sorted().map { .text($0) }),
            "verdict": .string(verdict.answer.rawValue),
            "when": verdict.when.json,
            "complete": .bool(verdict.isComplete),
            "proven": .bool(isProven),
            "blockers": .array(verdict.blockers.map { .object($0.json) }),
            "unknowns": .array(verdict.unknowns.map { .object($0.json) }),
            "lost": .array(verdict.lost.map { ["cluster": .string($0.cluster), "id": .text($0.id)] }.map(JSONValue.object)),
            "pending_deletion": .array(pending.keys.sorted().map { .text($0) }),
            "unproven": .array(failures.map { .object($0.json) }),
            "as_of": .text(asOf),
            "read": .object(read.json),
            "covers": .array(coverage.map { .object($0.json) }),
        ]
        if !alone.isEmpty { object.append("alone", .object(alone.json(inUse: nil))) }
        return object
    }

    /// The same for whoever keeps it: with each snapshot that was opened, by which CMK, and the sum of the manifest that was.
    package var fullJSON: JSONObject {
        var object = json
        let opened = coverage.flatMap { repository in
            repository.opened.map { opened -> JSONValue in
                [
                    "cluster": .string(repository.cluster), "id": .text(opened.snapshot),
                    "manifest": .text(opened.opening.sum), "opened_by": .text(opened.opening.cmk),
                ]
            }
        }
        object.append("opened", .array(opened))
        return object
    }
}

extension DeletionReport.Coverage {
    fileprivate var json: JSONObject {
        [
            "cluster": .string(cluster), "repository": .text(repository),
            "key_log": keyLogLength.map { .integer(Int64($0)) } ?? .null, "snapshots": .integer(Int64(snapshotCount)),
            "opened": .integer(Int64(opened.count)),
        ]
    }
}

extension WhichKeysReport {
    package var json: JSONObject {
        [
            "keys": .object(answer.alone.json(inUse: answer.inUse)),
            "together": .array(answer.together.map { .text($0) }),
            "pending_deletion": .array(pending.keys.sorted().map { .text($0) }),
            "conflicts": .array(
                answer.conflicts.map { conflict in
                    .object([
                        "keep_one_of": .array(conflict.keepOneOf.map { .text($0) }),
                        "snapshots": .array(conflict.snapshots.map { .string($0.id) }),
                    ])
                }),
            "unknowns": .array(answer.unknowns.map { .object($0.json) }),
            "proven": false,
            "as_of": .text(asOf),
            "read": .object(read.json),
        ]
    }
}

extension ReadCounts {
    package var json: JSONObject {
        [
            "repositories": .integer(Int64(repositoryCount)), "repositories_read": .integer(Int64(repositoriesRead)),
            "snapshots": .integer(Int64(snapshotCount)), "in_progress": .integer(Int64(openSnapshotCount)),
            "cmks": .integer(Int64(cmkCount)), "cmks_answered": .integer(Int64(cmksAnswered)),
        ]
    }
}

extension [CMK: DeletionVerdict] {
    fileprivate func json(inUse: Set<CMK>?) -> JSONObject {
        var object = JSONObject()
        for (cmk, verdict) in sorted(by: { $0.key < $1.key }) {
            var row = JSONObject()
            if let inUse { row.append("in_use", .bool(inUse.contains(cmk))) }
            row.append("verdict", .string(verdict.answer.rawValue))
            row.append("when", verdict.when.json)
            row.append("complete", .bool(verdict.isComplete))
            row.append("blockers", .integer(Int64(verdict.blockers.count)))
            object.append(cmk.uri, .object(row))
        }
        return object
    }
}

extension DeletionVerdict.When? {
    fileprivate var json: JSONValue {
        guard let self else { return .null }
        return .object(["kind": .string(self.kind.rawValue), "date": .text(self.date)])
    }
}

extension DeletionVerdict.Blocker {
    fileprivate var json: JSONObject {
        [
            "cluster": .string(cluster), "type": .string(type.rawValue), "id": .string(id),
            "keys": .array(keys.map { .text($0) }), "goes": .text(departure.date),
            "certainty": .string(departure.certainty.rawValue), "why": .string(departure.why), "rule": .text(snapshot?.rule),
            "label": .text(snapshot?.label),
        ]
    }
}

extension DeletionVerdict.Unknown {
    package var json: JSONObject {
        ["cluster": .text(cluster), "type": .string(type.rawValue), "id": .string(id), "why": .string(why)]
    }
}

extension ProveDeletion.Failure {
    package var json: JSONObject {
        ["cluster": .string(cluster), "id": .text(snapshot), "why": .string(why)]
    }
}
