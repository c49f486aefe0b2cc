import CPosix
import Dispatch
import Glibc
import HoldfastModel
import Synchronization

/// Tells logs that have not changed by their status alone: a log's directory changes when a record comes or goes, a record's file when
/// its bytes do, and no program can set the time of a last change (`docs/decisions/0007-log-stamps.md`).
extension DirectoryFiles {
    /// In no order.
    func listSnapshots() throws(StoreError) -> [SnapshotID] {
        let ids = try listing(ObjectPrefix.snapshots.text) { () throws(PosixError) in
            try names(in: ObjectPrefix.snapshots.text).compactMap { SnapshotID(hexDigits: $0.bytes.span) }
        }
        if ids.isEmpty { try requireLogs() }
        return ids
    }

    /// `ids`: what a listing has just shown.
    func changedLogs(
        among ids: [SnapshotID], since known: LogStamps, at now: Timestamp
    ) throws(StoreError) -> LogListing {
        guard !ids.isEmpty else { return LogListing(changed: [:], gone: Set(known.ids)) }
        let changed = Mutex<[SnapshotID: LogListing.Log]>([:])
        let failure = Mutex<StoreError?>(nil)
        // The waiting is the kernel's, so a share for each processor is enough.
        let shareCount = max(1, min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), ids.count / 256 + 1))
        DispatchQueue.concurrentPerform(iterations: shareCount) { share in
            do throws(StoreError) {
                let share = stride(from: share, to: ids.count, by: shareCount).map { ids[$0] }
                let found = try changes(among: share, since: known, at: now)
                changed.withLock { $0.merge(found) { first, _ in first } }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock(\.self) { throw error }
        let listed = Set(ids)
        let logs = changed.withLock(\.self)
        let empty = logs.filter { $0.value.records.isEmpty }.map { ObjectPrefix.snapshot($0.key).text }
        emptyDirectories.withLock { $0.formUnion(empty) }
        let gone = known.ids.filter { !listed.contains($0) || logs[$0]?.records.isEmpty == true }
        return LogListing(changed: logs.filter { !$0.value.records.isEmpty }, gone: Set(gone))
    }

    private func changes(
        among ids: [SnapshotID], since known: LogStamps, at now: Timestamp
    ) throws(StoreError) -> [SnapshotID: LogListing.Log] {
        var changed: [SnapshotID: LogListing.Log] = [:]
        do throws(PosixError) {
            var reader = try LogStampReader(root.openDirectory(FileName(ObjectPrefix.snapshots.text)), at: now)
            for id in ids {
                if let stamp = known[id], try reader.isUnchanged(id, since: stamp) { continue }
                changed[id] = try log(of: id, &reader)
            }
        } catch {
            throw isGone ? .noRepository(path) : StoreError(listing: error, ObjectPrefix.snapshots.text)
        }
        return changed
    }

    /// The stamp's directory is looked at before its names are read: what comes between shows next time.
    private func log(of id: SnapshotID, _ reader: inout LogStampReader) throws(PosixError) -> LogListing.Log {
        let before = try reader.directory(of: id)
        var records: [Int: StoredObject] = [:]
        for object in try self.records(of: id) {
            if case .record(let n, _) = object.name.parsed { records[n] = object }
        }
        return LogListing.Log(records: records, stamp: try reader.stamp(of: id, recordCount: records.count, after: before))
    }
}

/// Takes stamps: 32 bytes for the log's directory, and for each record after the start record. That one only ever comes and goes.
private struct LogStampReader: ~Copyable {
    /// Changes that lie closer together than a clock's tick bear one time, so what changed so lately gets no stamp. In seconds.
    private static let settling: Int64 = 2
    private static let idLength = 32

    private let snapshots: OwnedFile
    private let now: Timestamp
    private var path: [CChar] = []
    private var bytes: [UInt8] = []
    private var newestChange: Int64 = 0

    init(_ snapshots: consuming OwnedFile, at now: Timestamp) {
        self.snapshots = snapshots
        self.now = now
    }

    mutating func isUnchanged(_ id: SnapshotID, since stamp: LogStamp) throws(PosixError) -> Bool {
        begin(id)
        guard try append() else { return false }
        for n in 1..<max(1, stamp.recordCount) {
            guard try append(record: n) else { return false }
        }
        return bytes == stamp.bytes
    }

    /// As it stands now; nil where it is gone, or cannot be looked at.
    mutating func directory(of id: SnapshotID) throws(PosixError) -> [UInt8]? {
        begin(id)
        return try append() ? bytes : nil
    }

    /// Nil where the log has a gap, changed meanwhile, or too lately.
    mutating func stamp(of id: SnapshotID, recordCount: Int, after before: [UInt8]?) throws(PosixError) -> LogStamp? {
        begin(id)
        guard try append(), bytes == before else { return nil }
        for n in 1..<max(1, recordCount) {
            guard try append(record: n) else { return nil }
        }
        guard newestChange <= now.seconds - Self.settling else { return nil }
        return LogStamp(recordCount: recordCount, bytes: bytes)
    }

    private mutating func begin(_ id: SnapshotID) {
        path.removeAll(keepingCapacity: true)
        id.forEachHexDigit { path.append(CChar(bitPattern: $0)) }
        path.append(0)
        bytes.removeAll(keepingCapacity: true)
        newestChange = 0
    }

    private mutating func append(record n: Int) throws(PosixError) -> Bool {
        path.removeSubrange(Self.idLength...)
        path.append(CChar(bitPattern: UInt8(ascii: "/")))
        if n < 10 {
            // Nearly every record: worth no text of its own.
            path.append(CChar(bitPattern: UInt8(ascii: "0") + UInt8(n)))
        } else {
            path.append(contentsOf: "\(n)".utf8.lazy.map(CChar.init(bitPattern:)))
        }
        path.append(0)
        return try append()
    }

    /// Adds the status of what `path` names; false where there is nothing, or nothing that can be looked at: then the log is read, which tells
    /// what is wrong with it.
    private mutating func append() throws(PosixError) -> Bool {
        let found: stat?
        do throws(PosixError) {
            found = try snapshots.status(ofTerminated: path)
        } catch  where error.tellsOfDamage || error.code == ELOOP {
            found = nil
        }
        guard let status = found else { return false }
        for number in [
            Int64(bitPattern: UInt64(status.st_ino)), Int64(status.st_size), Int64(status.st_ctim.tv_sec),
            Int64(status.st_ctim.tv_nsec),
        ] {
            UInt64(bitPattern: number).appendBigEndian(to: &bytes)
        }
        newestChange = max(newestChange, Int64(status.st_ctim.tv_sec))
        return true
    }
}
