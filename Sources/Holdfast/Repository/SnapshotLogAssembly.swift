import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// Puts a snapshot's log together from the bytes of its records, checking each link of the chain. What cannot be read is
/// kept as such and never counted as absent.
struct SnapshotLogAssembly {
    let repository: RepositoryID
    private(set) var log: SnapshotLog
    private(set) var sum: Digest?
    private(set) var packs: [PackEntry] = []
    /// Nil where the last record's bytes are not to be had.
    private(set) var lastDigest: Digest?
    private(set) var startedAt: Timestamp?
    private(set) var problems: [Int: String] = [:]
    /// The first record whose bytes the store did not give.
    private(set) var unread: Int?
    /// The first number that has no record, though later ones do.
    private(set) var missing: Int?

    init(_ id: SnapshotID, repository: RepositoryID, length: Int) {
        self.repository = repository
        log = SnapshotLog(id: id, start: nil, outcome: .none, length: length)
    }

    /// Adds record `n`; they come in order from 0, or from 1 where the start record is gone.
    mutating func add(_ bytes: [UInt8], n: Int) {
        defer { lastDigest = n == 1 ? Self.outcomeDigest(bytes) : SHA256.hash(bytes.span) }
        do throws(FormatError) {
            switch n {
            case 0: try addStart(bytes)
            case 1: try addOutcome(bytes)
            default: log.records.append(try decode(bytes, n: n))
            }
        } catch {
            markUnreadable(n: n, "\(error)")
        }
    }

    /// The store did not give the record's bytes.
    mutating func markUnread(n: Int, _ why: String) {
        unread = unread ?? n
        markNone(n: n, why)
    }

    /// What stands there is no record, and no later reading makes it one: nothing can be held against it.
    mutating func markNone(n: Int, _ why: String) {
        lastDigest = nil
        markUnreadable(n: n, why)
    }

    private mutating func markUnreadable(n: Int, _ why: String) {
        problems[n] = why
        if n == 0 { log.startProblem = "record 0: \(why)" } else { log.outcome = .unreadable("record \(n): \(why)") }
    }

    /// No record stands at number `n`: there is nothing that the next one could be held against.
    mutating func markMissing(n: Int) {
        missing = missing ?? n
        markNone(n: n, "is missing")
    }

    /// To what stands at number 1 the next record is chained by a manifest's own sum field. The field is taken as it stands, so
    /// that holds and condemnations after a damaged manifest are still read.
    private static func outcomeDigest(_ bytes: [UInt8]) -> Digest {
        guard !SnapshotRecordCodec.isRecord(bytes), bytes.count >= Digest.byteCount else { return SHA256.hash(bytes.span) }
        return Digest(bytes: bytes.span.extracting((bytes.count - Digest.byteCount)..<bytes.count)) ?? SHA256.hash(bytes.span)
    }

    private mutating func addStart(_ bytes: [UInt8]) throws(FormatError) {
        let record = try decode(bytes, n: 0)
        guard case .start(let start) = record.event else { throw .record("record 0 is not a start record") }
        log.start = start
        startedAt = record.at
    }

    private mutating func addOutcome(_ bytes: [UInt8]) throws(FormatError) {
        if SnapshotRecordCodec.isRecord(bytes) {
            guard case .aborted(let reason) = try decode(bytes, n: 1).event else {
                throw .record("record 1 is neither a manifest nor aborted")
            }
            log.outcome = .aborted(reason: reason)
        } else {
            let manifest = try Manifest.parse(bytes, repository: repository, snapshot: log.id)
            guard manifest.container.isSound else { throw .damaged }
            guard lastDigest == nil || manifest.header.start == lastDigest else {
                throw .record("the manifest belongs to another start record")
            }
            (log.outcome, sum, packs) = (.manifest(manifest.header), manifest.sum, manifest.packs)
        }
    }

    /// *Aborted* is final, whatever became of the start record: it is held against none that makes no sense.
    private func decode(_ bytes: [UInt8], n: Int) throws(FormatError) -> SnapshotRecord {
        let isPrevKnown = n == 0 || lastDigest != nil && (n > 1 || log.startProblem == nil)
        return try SnapshotRecordCodec.decode(
            bytes, repository: repository, snapshot: log.id, n: n, prev: n == 0 ? nil : lastDigest, isPrevKnown: isPrevKnown)
    }
}
