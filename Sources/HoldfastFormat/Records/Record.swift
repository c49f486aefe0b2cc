import HoldfastCrypto
import HoldfastModel

/// What all small records have in common: one JSON object of at most 64 KiB, chained to the one before by its hash and
/// closed by a sum over its own bytes; kept as stored, never written again (`docs/FORMAT.md`, section 5).
struct Record {
    static let maximumByteCount = 64 << 10
    /// `"sum":"<64 hex digits>"}`
    private static let sumByteCount = 73

    let object: JSONObject

    /// The members that every record begins with.
    static func frame(
        kind: String, repository: RepositoryID, snapshot: SnapshotID?, n: Int, prev: Digest?, at: Timestamp, by: String
    ) -> JSONObject {
        var object: JSONObject = ["format": 1, "kind": .string(kind), "repository": .text(repository)]
        if let snapshot { object.append("snapshot", .text(snapshot)) }
        object.append("n", .integer(Int64(n)))
        object.append("prev", .text(prev))
        object.append("at", .text(at))
        object.append("by", .string(by))
        return object
    }

    /// The record's bytes: the object's members, then the sum of all bytes before that member's name.
    static func seal(_ object: JSONObject) -> [UInt8] {
        var bytes = Array(object.serialized.dropLast()) + Array(",".utf8)
        let sum = SHA256.hash(bytes.span)
        bytes += "\"sum\":\"\(sum)\"}".utf8
        return bytes
    }

    /// Reads a record that stands at number `n` of its log, after one that hashes to `prev`.
    init(parsing bytes: [UInt8], repository: RepositoryID, snapshot: SnapshotID?, n: Int, prev: Digest?) throws(FormatError) {
        guard bytes.count <= Self.maximumByteCount else { throw .limit("a record of \(bytes.count) bytes") }
        guard bytes.count > Self.sumByteCount else { throw .truncated }
        do throws(JSONError) {
            object = try JSONObject.parse(bytes)
            guard try object.integer("format") == 1 else { throw JSONError.member("format", problem: "is newer") }
            let sum = SHA256.hash(bytes.span.extracting(0..<(bytes.count - Self.sumByteCount)))
            guard object.members.last?.name == "sum", try object.digest("sum") == sum else {
                throw JSONError.member("sum", problem: "does not match")
            }
            guard try object.id("repository") == repository else { throw JSONError.member("repository", problem: "is another") }
            if let snapshot, try object.id("snapshot") != snapshot { throw JSONError.member("snapshot", problem: "is another") }
            guard try object.integer("n") == Int64(n) else { throw JSONError.member("n", problem: "is not its number") }
            guard try object.optional("prev", object.digest) == prev else {
                throw JSONError.member("prev", problem: "does not match the record before")
            }
        } catch .member("format", "is newer") {
            throw .newerFormat
        } catch {
            throw .record("\(error)")
        }
    }

    var kind: String {
        get throws(JSONError) { try object.string("kind") }
    }
}
