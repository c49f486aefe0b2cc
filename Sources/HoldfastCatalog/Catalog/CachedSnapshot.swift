package import HoldfastModel

/// One snapshot's log as far as it was read: enough to rebuild its `SnapshotLog` without the store, and to read on from
/// its end.
package struct CachedSnapshot: Hashable, Sendable {
    /// What stands at number 1. Something unreadable is never kept: it is read again each time.
    package enum Outcome: Hashable, Sendable {
        case none
        indirect case manifest(CachedManifest)
        case aborted(reason: String)
    }

    package let id: SnapshotID
    package var start: SnapshotStart
    /// SHA-256 of record 0's bytes.
    package var startSum: Digest
    package var outcome: Outcome
    /// Records from 2 on, in order.
    package var records: [SnapshotRecord]
    /// What the next record must give as `prev`: SHA-256 of the last record's bytes, after number 1 the manifest's `sum`.
    package var lastSum: Digest
    /// The store's time of each record, from 0 on.
    package var times: [Timestamp]
    /// The log as it was when it was read.
    package var stamp: LogStamp

    package init(
        id: SnapshotID, start: SnapshotStart, startSum: Digest, outcome: Outcome, records: [SnapshotRecord] = [],
        lastSum: Digest, times: [Timestamp], stamp: LogStamp
    ) {
        self.id = id
        self.start = start
        self.startSum = startSum
        self.outcome = outcome
        self.records = records
        self.lastSum = lastSum
        self.times = times
        self.stamp = stamp
    }

    /// How many records of the log are known, the first two included.
    package var length: Int {
        if case .none = outcome { 1 } else { 2 + records.count }
    }

    package var manifest: CachedManifest? {
        if case .manifest(let manifest) = outcome { manifest } else { nil }
    }

    package var log: SnapshotLog {
        let outcome: SnapshotLog.Outcome
        switch self.outcome {
        case .none: outcome = .none
        case .manifest(let manifest): outcome = manifest.outcome
        case .aborted(let reason): outcome = .aborted(reason: reason)
        }
        return SnapshotLog(id: id, start: start, outcome: outcome, records: records, length: length)
    }
}

/// A manifest's clear part, all but its pack table.
package struct CachedManifest: Hashable, Sendable {
    /// As a log has it, so that many logs can be made without their headers being copied.
    let outcome: SnapshotLog.Outcome
    /// The object's last 32 bytes.
    package let sum: Digest
    /// Of the whole object.
    package let byteCount: Int

    package var header: ManifestHeader {
        guard case .manifest(let header) = outcome else { preconditionFailure("a manifest has a header") }
        return header
    }

    package init(header: ManifestHeader, sum: Digest, byteCount: Int) {
        outcome = .manifest(header)
        self.sum = sum
        self.byteCount = byteCount
    }
}
