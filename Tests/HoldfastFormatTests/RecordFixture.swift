import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import Testing

/// The names that records of one repository and snapshot share, and ways to make wrong records.
struct RecordFixture {
    let repository: RepositoryID = Random.id()
    let snapshot: SnapshotID = Random.id()
    let prev = SHA256.hash(Array("the record before".utf8).span)
    let at: Timestamp
    let cmk: CMK

    init() throws {
        at = try #require(Timestamp("2027-01-31T18:00:00Z"))
        cmk = try #require(CMK("local:keyring/key"))
    }

    /// Record `n` of the snapshot's log.
    func encode(_ event: SnapshotRecord.Event, n: Int) throws(FormatError) -> [UInt8] {
        let record = SnapshotRecord(n: n, at: at, by: "db-1", event: event)
        return try SnapshotRecordCodec.encode(record, repository: repository, snapshot: snapshot, prev: n == 0 ? nil : prev)
    }

    func decode(_ bytes: [UInt8], n: Int) throws(FormatError) -> SnapshotRecord {
        try SnapshotRecordCodec.decode(
            bytes, repository: repository, snapshot: snapshot, n: n, prev: n == 0 ? nil : prev)
    }

    func fault(_ bytes: [UInt8], n: Int = 2) -> FormatError? {
        do throws(FormatError) {
            _ = try decode(bytes, n: n)
            return nil
        } catch {
            return error
        }
    }

    /// The members of record 2, a hold, as changed, closed by a sum that matches.
    func record(_ change: (inout [(name: String, json: String)]) -> Void) -> [UInt8] {
        var members = [
            ("format", "1"), ("kind", "\"hold\""), ("repository", "\"\(repository)\""), ("snapshot", "\"\(snapshot)\""),
            ("n", "2"), ("prev", "\"\(prev)\""), ("at", "\"\(at)\""), ("by", "\"db-1\""), ("name", "\"audit\""),
        ]
        .map { (name: $0.0, json: $0.1) }
        change(&members)
        return closed("{" + members.map { "\"\($0.name)\":\($0.json)," }.joined())
    }

    func record(_ name: String, _ json: String?) -> [UInt8] {
        record { members in
            members = members.compactMap { $0.name == name ? json.map { (name, $0) } : $0 }
        }
    }

    /// A record as somebody might put it at another number, chained and closed.
    func moved(_ bytes: [UInt8], from n: Int, to other: Int) -> [UInt8] {
        let link = { (n: Int) in n == 0 ? "\"prev\":null" : "\"prev\":\"\(prev)\"" }
        return closed(
            String(decoding: bytes.dropLast(73), as: UTF8.self).replacing("\"n\":\(n),", with: "\"n\":\(other),")
                .replacing(link(n), with: link(other)))
    }

    /// Adds the sum as `docs/FORMAT.md`, section 5, has it.
    func closed(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return bytes + Array("\"sum\":\"\(SHA256.hash(bytes.span))\"}".utf8)
    }
}
