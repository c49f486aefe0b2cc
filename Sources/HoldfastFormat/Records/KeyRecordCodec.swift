package import HoldfastModel

/// Records of the key log as bytes.
package enum KeyRecordCodec {
    /// `prev`: nil at 0, else the hash of the record before. Throws `.limit` where it would be too long to be read.
    package static func encode(
        _ record: KeyRecord, repository: RepositoryID, prev: Digest?
    ) throws(FormatError) -> [UInt8] {
        let (kind, members) = describe(record.event)
        var object = Record.frame(
            kind: kind, repository: repository, snapshot: nil, n: record.n, prev: prev, at: record.at, by: record.by)
        for member in members.members { object.append(member.name, member.value) }
        return try Record.seal(object)
    }

    package static func decode(
        _ bytes: [UInt8], repository: RepositoryID, n: Int, prev: Digest?
    ) throws(FormatError) -> KeyRecord {
        let record = try Record(parsing: bytes, repository: repository, snapshot: nil, n: n, prev: prev)
        do throws(JSONError) {
            return KeyRecord(
                n: n, at: try record.object.time("at"), by: try record.object.string("by"), event: try event(record))
        } catch {
            throw .record("\(error)")
        }
    }

    private static func describe(_ event: KeyRecord.Event) -> (kind: String, members: JSONObject) {
        switch event {
        case .activate(let cmk): ("activate", ["cmk": .text(cmk)])
        case .retire(let cmk): ("retire", ["cmk": .text(cmk)])
        case .barrier: ("barrier", [:])
        case .roster(let repositories): ("roster", ["repositories": .array(repositories.map { .text($0) })])
        case .announce(let announcement):
            (
                "announce",
                [
                    "id": .text(announcement.id), "home": .text(announcement.home),
                    "cmks": .array(announcement.cmks.map { .text($0) }),
                ]
            )
        case .approve(let id): ("approve", ["id": .text(id)])
        case .withdraw(let id): ("withdraw", ["id": .text(id)])
        case .scheduled(let cmk, let date): ("scheduled", ["cmk": .text(cmk), "date": .text(date)])
        case .cancelled(let cmk): ("cancelled", ["cmk": .text(cmk)])
        case .deleted(let cmk): ("deleted", ["cmk": .text(cmk)])
        case .compliance(let promise):
            (
                "compliance",
                [
                    "min_keep": .text(promise.minKeep), "grace": .text(promise.grace),
                    "keep_min": .integer(Int64(promise.keepMin)),
                ]
            )
        case .unknown(let kind): (kind, [:])
        }
    }

    private static func event(_ record: Record) throws(JSONError) -> KeyRecord.Event {
        let object = record.object
        switch try record.kind {
        case "activate": return .activate(try object.cmk("cmk"))
        case "retire": return .retire(try object.cmk("cmk"))
        case "barrier": return .barrier
        case "roster":
            return .roster(
                try object.strings("repositories").map { text throws(JSONError) in
                    guard let id = RepositoryID(text) else { throw .member("repositories", problem: "is not a list of ids") }
                    return id
                })
        case "announce":
            let cmks = try object.strings("cmks").map { text throws(JSONError) in
                guard let cmk = CMK(text) else { throw .member("cmks", problem: "is not a list of CMKs") }
                return cmk
            }
            return .announce(Announcement(id: try object.id("id"), home: try object.id("home"), cmks: cmks))
        case "approve": return .approve(try object.id("id"))
        case "withdraw": return .withdraw(try object.id("id"))
        case "scheduled": return .scheduled(try object.cmk("cmk"), date: try object.time("date"))
        case "cancelled": return .cancelled(try object.cmk("cmk"))
        case "deleted": return .deleted(try object.cmk("cmk"))
        case "compliance":
            return .compliance(
                Compliance(
                    minKeep: try object.period("min_keep"), grace: try object.period("grace"),
                    keepMin: try object.keepMinimum("keep_min")))
        case let kind: return .unknown(kind: kind)
        }
    }
}

extension JSONObject {
    /// No policy can hold another: whoever obeyed it would keep everything for ever.
    fileprivate func keepMinimum(_ name: String) throws(JSONError) -> Int {
        let number = try count(name)
        guard Policy.keepMinimums.contains(number) else {
            let (least, most) = (Policy.keepMinimums.lowerBound, Policy.keepMinimums.upperBound)
            throw .member(name, problem: "is not a number from \(least) to \(most)")
        }
        return number
    }

    fileprivate func period(_ name: String) throws(JSONError) -> Period {
        guard let period = Period(try string(name)) else { throw .member(name, problem: "is not a duration") }
        return period
    }
}
