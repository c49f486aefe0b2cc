import Holdfast
import HoldfastFormat
import HoldfastModel

/// The answers of `keys check` as JSON: the members of `docs/RETENTION.md`, section 3.4, and how much was read.
enum DeletionJSON {
    static func encode(_ report: DeletionReport) -> JSONObject {
        let verdict = report.verdict
        return [
            "message_type": "keys_check",
            "delete": cmks(verdict.cmks.sorted()),
            "verdict": .string(verdict.answer.rawValue),
            "when": when(verdict.when),
            "complete": .bool(verdict.isComplete),
            "proven": .bool(report.isProven),
            "blockers": .array(verdict.blockers.map { .object(blocker($0)) }),
            "unknowns": .array(verdict.unknowns.map { .object(unknown($0)) }),
            "lost": .array(verdict.lost.map { .object(["cluster": .string($0.cluster), "id": .text($0.id)]) }),
            "not_opened": .array(
                report.failures.map {
                    .object(["cluster": .string($0.cluster), "id": .text($0.snapshot), "why": .string($0.why)])
                }),
            "as_of": .text(report.asOf),
            "read": .object(read(report.read)),
        ]
    }

    static func encode(_ report: WhichKeysReport) -> JSONObject {
        var keys = JSONObject()
        for (cmk, verdict) in report.answer.alone.sorted(by: { $0.key < $1.key }) {
            keys.append(
                cmk.uri,
                .object([
                    "in_use": .bool(report.answer.inUse.contains(cmk)), "verdict": .string(verdict.answer.rawValue),
                    "when": when(verdict.when), "complete": .bool(verdict.isComplete),
                    "blockers": .integer(Int64(verdict.blockers.count)),
                ]))
        }
        let conflicts = report.answer.conflicts.map { conflict in
            JSONValue.object([
                "keep_one_of": cmks(conflict.keepOneOf), "snapshots": .array(conflict.snapshots.map { .string($0.id) }),
            ])
        }
        return [
            "message_type": "keys_check", "keys": .object(keys), "together": cmks(report.answer.together),
            "conflicts": .array(conflicts), "unknowns": .array(report.answer.unknowns.map { .object(unknown($0)) }),
            "as_of": .text(report.asOf), "read": .object(read(report.read)),
        ]
    }

    static func when(_ when: DeletionVerdict.When?) -> JSONValue {
        when.map { .object(["kind": .string($0.kind.rawValue), "date": .text($0.date)]) } ?? .null
    }

    private static func blocker(_ blocker: DeletionVerdict.Blocker) -> JSONObject {
        [
            "cluster": .string(blocker.cluster), "type": .string(blocker.type.rawValue), "id": .string(blocker.id),
            "keys": cmks(blocker.keys), "goes": .text(blocker.departure.date),
            "certainty": .string(blocker.departure.certainty.rawValue), "why": .string(blocker.departure.why),
            "label": .string(blocker.label), "expires": .text(blocker.expires),
        ]
    }

    private static func unknown(_ unknown: DeletionVerdict.Unknown) -> JSONObject {
        [
            "cluster": unknown.cluster.map(JSONValue.string) ?? .null, "type": .string(unknown.type.rawValue),
            "id": .string(unknown.id), "why": .string(unknown.why),
        ]
    }

    private static func read(_ read: ReadCounts) -> JSONObject {
        [
            "repositories": .integer(Int64(read.repositoriesRead)), "of_repositories": .integer(Int64(read.repositoryCount)),
            "snapshots": .integer(Int64(read.snapshotCount)), "in_progress": .integer(Int64(read.openSnapshotCount)),
            "cmks_answered": .integer(Int64(read.cmksAnswered)), "of_cmks": .integer(Int64(read.cmkCount)),
        ]
    }

    private static func cmks(_ cmks: [CMK]) -> JSONValue { .array(cmks.map { .text($0) }) }
}
