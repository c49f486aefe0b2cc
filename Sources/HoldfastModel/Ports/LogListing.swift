/// What tells the state of a snapshot's log from any other state of it, without a record being read. Only the store that gave it can
/// tell what it says.
package struct LogStamp: Hashable, Sendable {
    /// How many records the log has: from 0 on, without a gap.
    package let recordCount: Int
    package let bytes: [UInt8]

    package init(recordCount: Int, bytes: [UInt8]) {
        self.recordCount = recordCount
        self.bytes = bytes
    }

    /// Of a listing alone: each record's size and time. Nil where the numbers have a gap.
    package init?(of records: [Int: StoredObject]) {
        var bytes: [UInt8] = []
        for n in 0..<records.count {
            guard let record = records[n] else { return nil }
            UInt64(bitPattern: Int64(record.byteCount)).appendBigEndian(to: &bytes)
            UInt64(bitPattern: record.modified.seconds).appendBigEndian(to: &bytes)
        }
        self.init(recordCount: records.count, bytes: bytes)
    }
}

/// The stamps of many logs, by id.
package struct LogStamps: Sendable, ExpressibleByDictionaryLiteral {
    /// Ascending; each stamp stands where its id does.
    package let ids: [SnapshotID]
    private let stamps: [LogStamp]

    /// `ids` ascend, none of them twice.
    package init(ascending ids: [SnapshotID], _ stamps: [LogStamp]) {
        precondition(ids.count == stamps.count, "a stamp for each id")
        (self.ids, self.stamps) = (ids, stamps)
    }

    package init(_ stamps: [SnapshotID: LogStamp]) {
        let sorted = stamps.sorted { $0.key < $1.key }
        self.init(ascending: sorted.map(\.key), sorted.map(\.value))
    }

    package init(dictionaryLiteral elements: (SnapshotID, LogStamp)...) {
        self.init(Dictionary(elements) { first, _ in first })
    }

    package subscript(id: SnapshotID) -> LogStamp? {
        let ids = ids.span
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id ? stamps[low] : nil
    }
}

/// One listing of all snapshot logs, held against the stamps of an earlier one.
package struct LogListing: Sendable {
    package struct Log: Sendable {
        package let records: [Int: StoredObject]
        /// Nil where a later change might not show in it, or where the log has a gap.
        package let stamp: LogStamp?

        package init(records: [Int: StoredObject], stamp: LogStamp?) {
            self.records = records
            self.stamp = stamp
        }
    }

    /// Those that are new, or no longer what their stamp says.
    package let changed: [SnapshotID: Log]
    /// Those of which nothing is left.
    package let gone: Set<SnapshotID>

    package init(changed: [SnapshotID: Log], gone: Set<SnapshotID>) {
        self.changed = changed
        self.gone = gone
    }
}

extension ObjectStore {
    /// Lists everything; a store that can tell sooner what has not changed does that instead.
    package func changedLogs(since known: LogStamps) async throws(StoreError) -> LogListing {
        try await changedLogs { known }
    }

    package func changedLogs(since stamps: @Sendable () async -> LogStamps) async throws(StoreError) -> LogListing {
        var logs: [SnapshotID: [Int: StoredObject]] = [:]
        for object in try await list(.snapshots) {
            if case .record(let n, let id) = object.name.parsed { logs[id, default: [:]][n] = object }
        }
        let known = await stamps()
        var changed: [SnapshotID: LogListing.Log] = [:]
        for (id, records) in logs {
            let stamp = LogStamp(of: records)
            if stamp == nil || stamp != known[id] { changed[id] = LogListing.Log(records: records, stamp: stamp) }
        }
        return LogListing(changed: changed, gone: Set(known.ids.filter { logs[$0] == nil }))
    }
}
