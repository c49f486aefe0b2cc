package import HoldfastModel

/// Records of a snapshot's log as bytes.
package enum SnapshotRecordCodec {
    /// Larger ones need not be read to be refused; a manifest is no record.
    package static let maximumByteCount = Record.maximumByteCount

    /// `prev`: nil at 0, the hash of record 0 at 1, the manifest's sum field at 2, else the hash of the record before. Throws
    /// `.limit` where it would be too long to be read, and `.record` where its kind has no place at its number: nobody could read it.
    package static func encode(
        _ record: SnapshotRecord, repository: RepositoryID, snapshot: SnapshotID, prev: Digest?
    ) throws(FormatError) -> [UInt8] {
        try requirePlace(of: record.event, at: record.n)
        let (kind, members) = describe(record.event)
        var object = Record.frame(
            kind: kind, repository: repository, snapshot: snapshot, n: record.n, prev: prev, at: record.at, by: record.by)
        for member in members.members { object.append(member.name, member.value) }
        return try Record.seal(object)
    }

    /// `isPrevKnown`: false where the record before was not to be had.
    package static func decode(
        _ bytes: [UInt8], repository: RepositoryID, snapshot: SnapshotID, n: Int, prev: Digest?, isPrevKnown: Bool = true
    ) throws(FormatError) -> SnapshotRecord {
        let record = try Record(
            parsing: bytes, repository: repository, snapshot: snapshot, n: n, prev: prev, isPrevKnown: isPrevKnown)
        let event: SnapshotRecord.Event
        do throws(JSONError) { event = try Self.event(record) } catch { throw .record("\(error)") }
        try requirePlace(of: event, at: n)
        do throws(JSONError) {
            return SnapshotRecord(n: n, at: try record.object.time("at"), by: try record.object.string("by"), event: event)
        } catch {
            throw .record("\(error)")
        }
    }

    /// Number 0 is a start, a record at number 1 *aborted*, and neither stands anywhere else. What an unknown kind is nobody
    /// knows, but it is no start and no end.
    private static func requirePlace(of event: SnapshotRecord.Event, at n: Int) throws(FormatError) {
        let isInPlace =
            switch event {
            case .start: n == 0
            case .aborted: n == 1
            default: n > 1
            }
        guard isInPlace else { throw .record("member 'kind' has no place at number \(n)") }
    }

    /// Text for people, cut so that the record keeps within its limit.
    private static func remark(_ text: String) -> JSONValue { .string(String(text.unicodeScalars.prefix(1024))) }

    /// Whether what stands at number 1 is a small record (*aborted*) and not a manifest: told by its first byte.
    package static func isRecord(_ bytes: [UInt8]) -> Bool { bytes.first == UInt8(ascii: "{") }

    private static func describe(_ event: SnapshotRecord.Event) -> (kind: String, members: JSONObject) {
        switch event {
        case .start(let start):
            (
                "start",
                [
                    "cluster": .string(start.cluster), "node": .string(start.node), "source": .string(start.source),
                    "base": .text(start.base), "key_log": .integer(Int64(start.keyLogPosition)),
                ]
            )
        case .aborted(let reason): ("aborted", ["reason": remark(reason)])
        case .condemned(let rule, let purgeAfter): ("condemned", ["rule": remark(rule), "purge_after": .text(purgeAfter)])
        case .undeleted(let until, let hold):
            ("undeleted", ["until": .text(until), "hold": hold.map(JSONValue.string) ?? .null])
        case .hold(let name): ("hold", ["name": .string(name)])
        case .release(let name): ("release", ["name": .string(name)])
        case .expiry(let date, let byPolicy):
            ("expiry", byPolicy ? ["expires": .text(date), "by_policy": true] : ["expires": .text(date)])
        case .locked(let date): ("locked", ["until": .text(date)])
        case .envelope(let envelope): ("envelope", EnvelopeCodec.encode(envelope))
        case .damaged(let detail, let packs):
            (
                "damaged",
                packs.map { ["detail": remark(detail), "packs": .array($0.map { .text($0) })] } ?? ["detail": remark(detail)]
            )
        case .sound: ("sound", [:])
        case .deleting: ("deleting", [:])
        case .unknown(let kind): (kind, [:])
        }
    }

    private static func event(_ record: Record) throws(JSONError) -> SnapshotRecord.Event {
        let object = record.object
        switch try record.kind {
        case "start":
            return .start(
                SnapshotStart(
                    cluster: try object.string("cluster"), node: try object.string("node"), source: try object.string("source"),
                    base: try object.optional("base", object.id), keyLogPosition: try object.count("key_log")))
        case "aborted": return .aborted(reason: try object.string("reason"))
        case "condemned": return .condemned(rule: try object.string("rule"), purgeAfter: try object.time("purge_after"))
        case "undeleted":
            return .undeleted(
                until: try object.optional("until", object.time), hold: try object.optional("hold", object.string))
        case "hold": return .hold(try object.string("name"))
        case "release": return .release(try object.string("name"))
        case "expiry":
            return .expiry(
                try object.time("expires"), byPolicy: try object.optional("by_policy", object.bool) ?? false)
        case "locked": return .locked(until: try object.time("until"))
        case "envelope": return .envelope(try EnvelopeCodec.decode(object))
        case "damaged":
            return .damaged(detail: try object.string("detail"), packs: try object.optional("packs", object.digests))
        case "sound": return .sound
        case "deleting": return .deleting
        case let kind: return .unknown(kind: kind)
        }
    }
}
