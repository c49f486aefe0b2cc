import HoldfastCrypto
import HoldfastModel

/// What all small records have in common: one JSON object of at most 64 KiB, chained to the one before by its hash and
/// closed by a sum over its own bytes; kept as stored, never written again (`docs/FORMAT.md`, section 5).
struct Record {
    static let maximumByteCount = 64 << 10
    static let formatVersion: Int64 = 1
    /// `"sum":"<64 hex digits>"}`
    private static let sumByteCount = 73

    let object: JSONObject

    /// The members that every record begins with.
    static func frame(
        kind: String, repository: RepositoryID, snapshot: SnapshotID?, n: Int, prev: Digest?, at: Timestamp, by: String
    ) -> JSONObject {
        var object: JSONObject = ["format": .integer(formatVersion), "kind": .string(kind), "repository": .text(repository)]
        if let snapshot { object.append("snapshot", .text(snapshot)) }
        object.append("n", .integer(Int64(n)))
        object.append("prev", .text(prev))
        object.append("at", .text(at))
        object.append("by", .string(by))
        return object
    }

    /// The record's bytes: the object's members, then `sum`, the SHA-256 of all bytes before the opening quote of that member's
    /// name, the comma included. Throws `.limit` over 64 KiB: what is longer could be written and never read.
    static func seal(_ object: JSONObject) throws(FormatError) -> [UInt8] {
        var bytes = Array(object.serialized.dropLast()) + Array(",".utf8)
        bytes += sumMember(of: bytes.span)
        guard bytes.count <= maximumByteCount else { throw .limit("a record of \(bytes.count) bytes") }
        return bytes
    }

    /// Reads a record that stands at number `n` of its log, after one that hashes to `prev`. `isPrevKnown`: false where that one was not to be
    /// had, and nothing can be held against it.
    init(
        parsing bytes: [UInt8], repository: RepositoryID, snapshot: SnapshotID?, n: Int, prev: Digest?, isPrevKnown: Bool = true
    ) throws(FormatError) {
        guard bytes.count <= Self.maximumByteCount else { throw .limit("a record of \(bytes.count) bytes") }
        guard bytes.count > Self.sumByteCount else { throw .truncated }
        do throws(JSONError) {
            object = try JSONObject.parse(bytes)
            let format = try object.integer("format")
            guard format <= Self.formatVersion else { throw JSONError.member("format", problem: Self.newer) }
            try checkSum(bytes)
        } catch .member("format", Self.newer) {
            throw .newerFormat
        } catch {
            throw .record("\(error)")
        }
        try checkOwner(repository, snapshot)
        try checkNumber(n)
        if isPrevKnown { try checkLink(to: prev) }
    }

    /// The sum is the last member, in exactly the bytes that `seal` gives it.
    private func checkSum(_ bytes: [UInt8]) throws(JSONError) {
        let tail = bytes.count - Self.sumByteCount
        guard bytes[tail...].elementsEqual(Self.sumMember(of: bytes.span.extracting(0..<tail))) else {
            throw .member("sum", problem: "does not match")
        }
    }

    private func checkOwner(_ repository: RepositoryID, _ snapshot: SnapshotID?) throws(FormatError) {
        guard object["repository"] == .text(repository) else { throw .wrongRepository }
        // A record of the key log names no snapshot, so one of a snapshot's log never passes for it.
        guard object["snapshot"] == snapshot.map({ .text($0) }) else { throw .wrongSnapshot }
    }

    private func checkNumber(_ n: Int) throws(FormatError) {
        guard object["n"] == .integer(Int64(n)) else { throw .record("member 'n' is not its number") }
    }

    private func checkLink(to prev: Digest?) throws(FormatError) {
        guard object["prev"] == .text(prev) else { throw .record("member 'prev' does not match the record before") }
    }

    private static func sumMember(of bytes: Span<UInt8>) -> [UInt8] { Array("\"sum\":\"\(SHA256.hash(bytes))\"}".utf8) }

    private static let newer = "is newer"

    var kind: String {
        get throws(JSONError) { try object.string("kind") }
    }
}
