import HoldfastFormat
import HoldfastModel

/// What the model answers, in the JSON of `docs/RETENTION.md`, sections 3.4 and 6.
extension OracleReader {
    func byName<Value>(_ values: [SnapshotID: Value], _ json: (Value) -> JSONObject) -> JSONValue {
        var object = JSONObject()
        for (id, value) in values.sorted(by: { $0.key < $1.key }) {
            object.append(names.name(ofHex: id.hex), .object(json(value)))
        }
        return .object(object)
    }

    func json(_ verdict: DeletionVerdict) -> JSONValue {
        [
            "delete": list(verdict.cmks.sorted()), "verdict": .string(verdict.answer.rawValue), "when": json(verdict.when),
            "complete": .bool(verdict.isComplete), "blockers": .array(verdict.blockers.map(json)),
            "unknowns": .array(verdict.unknowns.map(json)),
            "lost": .array(
                verdict.lost.map { ["cluster": .string($0.cluster), "id": .string(names.name(ofHex: $0.id.hex))] }),
        ]
    }

    func json(_ which: WhichKeys) -> JSONValue {
        var keys = JSONObject()
        for (cmk, verdict) in which.alone.sorted(by: { $0.key < $1.key }) {
            keys.append(
                OracleNames.name(of: cmk),
                [
                    "in_use": .bool(which.inUse.contains(cmk)), "verdict": .string(verdict.answer.rawValue),
                    "when": json(verdict.when), "complete": .bool(verdict.isComplete),
                    "blockers": .integer(Int64(verdict.blockers.count)),
                ])
        }
        let conflicts = which.conflicts.map { conflict -> JSONValue in
            [
                "keep_one_of": list(conflict.keepOneOf),
                "snapshots": .array(conflict.snapshots.map { .string(names.name(ofFinding: $0.id)) }),
            ]
        }
        return ["keys": .object(keys), "together": list(which.together), "conflicts": .array(conflicts)]
    }

    private func json(_ when: DeletionVerdict.When?) -> JSONValue {
        guard let when else { return .null }
        return ["kind": .string(when.kind.rawValue), "date": .text(when.date)]
    }

    private func json(_ blocker: DeletionVerdict.Blocker) -> JSONValue {
        [
            "cluster": .string(blocker.cluster), "type": .string(blocker.type.rawValue),
            "id": .string(names.name(ofFinding: blocker.id)), "keys": list(blocker.keys),
            "goes": .text(blocker.departure.date), "certainty": .string(blocker.departure.certainty.rawValue),
            "why": .string(blocker.departure.why),
        ]
    }

    private func json(_ unknown: DeletionVerdict.Unknown) -> JSONValue {
        [
            "cluster": .text(unknown.cluster), "type": .string(unknown.type.rawValue),
            "id": .string(names.name(ofFinding: unknown.id)), "why": .string(unknown.why),
        ]
    }

    private func list(_ cmks: [CMK]) -> JSONValue { .array(cmks.map { .string(OracleNames.name(of: $0)) }) }
}
