import HoldfastCatalog
import HoldfastModel
import Testing

/// Values for tests, each made from a number.
enum Sample {
    static func bytes(_ number: Int, count: Int) -> [UInt8] {
        Array(repeating: UInt8(0), count: count - 8) + UInt64(number).bigEndianBytes
    }

    static func snapshot(_ number: Int) throws -> SnapshotID {
        let id = SnapshotID(bytes: bytes(number, count: 16).span)
        return try #require(id)
    }

    static func repository(_ number: Int = 1) throws -> RepositoryID {
        let id = RepositoryID(bytes: bytes(number, count: 16).span)
        return try #require(id)
    }

    static func digest(_ number: Int) throws -> Digest {
        let digest = Digest(bytes: bytes(number, count: 32).span)
        return try #require(digest)
    }

    static func time(_ day: Int) -> Timestamp { Timestamp(seconds: 1_800_000_000 + Int64(day) * 86_400) }

    static func envelope(_ number: Int) throws -> Envelope {
        Envelope(
            cmk: try #require(CMK("local:3f2a/\(number)")), version: number.isMultiple(of: 2) ? "v\(number)" : nil,
            access: number.isMultiple(of: 3) ? "role/ä" : nil, wrapped: bytes(number, count: 72), created: time(number),
            requestID: number.isMultiple(of: 5) ? "request-\(number)" : nil)
    }

    static func header(_ number: Int) throws -> ManifestHeader {
        ManifestHeader(
            start: try digest(number), cluster: "default", node: "db\(number % 3)", source: "data", time: time(number),
            started: time(number), finished: time(number) + 60, expires: number.isMultiple(of: 2) ? time(number + 30) : nil,
            lock: number.isMultiple(of: 4) ? SnapshotLock(until: time(number + 30), packsUntil: time(number + 31)) : nil,
            items: number.isMultiple(of: 2) ? ["daily", "weekly"] : [], label: "Nº \(number)", tags: ["a", ""],
            base: number > 0 ? try snapshot(number - 1) : nil, barrier: number.isMultiple(of: 7) ? 3 : nil,
            keyLogPosition: 4, bytesRead: UInt64.max, bytesNew: 1, bytesStored: 0, files: UInt64(number), incomplete: 0,
            envelopes: [try envelope(number), try envelope(number + 1)], tool: "holdfast 0.1")
    }

    static func start(_ number: Int) throws -> SnapshotStart {
        SnapshotStart(
            cluster: "default", node: "db\(number % 3)", source: "data", base: number > 0 ? try snapshot(number - 1) : nil,
            keyLogPosition: 4)
    }

    static func cached(_ number: Int, records: [SnapshotRecord] = []) throws -> CachedSnapshot {
        CachedSnapshot(
            id: try snapshot(number), start: try start(number), startSum: try digest(number),
            outcome: .manifest(CachedManifest(header: try header(number), sum: try digest(number + 1), byteCount: 4096)),
            records: records, lastSum: try digest(number + 2), times: [time(number), time(number) + 60],
            stamp: LogStamp(recordCount: 2 + records.count, bytes: bytes(number, count: 96)))
    }

    static func record(_ n: Int, _ event: SnapshotRecord.Event) -> SnapshotRecord {
        SnapshotRecord(n: n, at: time(n), by: "admin", event: event)
    }
}
