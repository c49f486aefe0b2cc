import HoldfastFormat
import HoldfastModel

/// One case of `docs/RETENTION.md`, section 6.
struct OracleCase {
    private let object: JSONObject
    private let reader: OracleReader

    init(_ object: JSONObject) {
        self.object = object
        reader = OracleReader(names: OracleNames(of: object))
    }

    func answer() throws(JSONError) -> JSONValue {
        switch try object.string("fn") {
        case "ticks": try ticks()
        case "due": try due()
        case "expiry": try expiry()
        case "restamp": try restamp()
        case "keepset": try keepSet()
        case "project": try project()
        case "check": try check()
        case "which": try which()
        default: throw .member("fn", problem: "is none of ticks, due, expiry, restamp, keepset, project, check, which")
        }
    }

    private func ticks() throws(JSONError) -> JSONValue {
        let instants = try reader.schedule(object, "every").instants(
            after: try object.time("after"), upTo: try object.time("upto"), at: try reader.timeOfDay(object),
            in: try reader.zone(object))
        return .array(instants.map { .text($0) })
    }

    private func due() throws(JSONError) -> JSONValue {
        let policy = try reader.policy(object)
        let run = policy.policy.due(
            after: try object.array("runs").map(reader.run), at: try object.time("now"), isBackupOn: policy.isBackupOn)
        return [
            "due": .bool(run.isDue), "items": .array(run.items.map { .text($0) }), "missed": .integer(Int64(run.missed)),
            "next": .text(run.next),
        ]
    }

    private func expiry() throws(JSONError) -> JSONValue {
        let policy = try reader.policy(object)
        let items = try object.strings("items").map(OracleReader.schedule)
        let stamp = policy.policy.expiry(
            of: try object.time("time"), items: items, ownKeep: try reader.period(object, "own_keep"), minKeep: policy.minKeep)
        return ["expires": .text(stamp.expires), "label": .text(stamp.label)]
    }

    private func restamp() throws(JSONError) -> JSONValue {
        let snapshot = try reader.snapshot(try object.object("snapshot"))
        let isCompliant = try object.optional("compliance", object.bool) ?? false
        return ["expires": .text(try reader.policy(object).policy.restamp(snapshot.subject, isCompliant: isCompliant))]
    }

    private func keepSet() throws(JSONError) -> JSONValue {
        let policy = try reader.policy(object)
        let bases = try reader.pins(object).compactMap(\.base)
        let set = KeepSet(
            try reader.snapshots(object).map(\.subject), policy: policy.policy,
            under: KeepSet.Circumstances(
                backupsAreOn: policy.isBackupOn, now: try object.time("now"), basesOfOpen: Set(bases),
                deletedCMKs: try reader.cmks(object, "deleted_keys")))
        return reader.byName(set.reasons) { reasons in
            ["keep": .bool(!reasons.isEmpty), "reasons": .array(reasons.map { .string($0.rawValue) })]
        }
    }

    private func project() throws(JSONError) -> JSONValue {
        let policy = try reader.policy(object)
        let snapshots = try reader.snapshots(object)
        let purges = snapshots.compactMap { snapshot in snapshot.purgeAfter.map { (snapshot.subject.id, $0) } }
        let projection = Projection(
            snapshots.map(\.subject), purgeAfter: Dictionary(purges) { first, _ in first },
            under: Projection.Outlook(
                policy: policy.policy, isBackupOn: policy.isBackupOn, sources: policy.sources(in: ""),
                now: try object.time("now"), horizonDays: try reader.horizonDays(object),
                deletedCMKs: try reader.cmks(object, "deleted_keys")))
        return reader.byName(projection.departures) { departure in
            ["goes": .text(departure.date), "certainty": .string(departure.certainty.rawValue), "why": .string(departure.why)]
        }
    }

    private func deletionCheck() throws(JSONError) -> DeletionCheck {
        DeletionCheck(
            try reader.project(object), now: try object.time("now"), horizonDays: try reader.horizonDays(object))
    }

    private func check() throws(JSONError) -> JSONValue {
        reader.json(try deletionCheck().verdict(on: try reader.cmks(object, "delete")))
    }

    private func which() throws(JSONError) -> JSONValue { reader.json(try deletionCheck().which()) }
}
