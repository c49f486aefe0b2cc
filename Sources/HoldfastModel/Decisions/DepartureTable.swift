import Synchronization

/// When the snapshots of a reading go, cluster by cluster, worked out when somebody asks: a verdict without blockers needs no date.
final class DepartureTable: Sendable {
    private let reading: ProjectReading
    private let now: Timestamp
    private let horizonDays: Int64
    private let known = Mutex<[Int: [SnapshotID: DeletionDeparture]]>([:])

    init(of reading: ProjectReading, now: Timestamp, horizonDays: Int64) {
        self.reading = reading
        self.now = now
        self.horizonDays = horizonDays
    }

    /// A snapshot that has no projection is one that cannot be read.
    subscript(id: SnapshotID, inCluster number: Int) -> DeletionDeparture {
        known.withLock { known in
            if known[number] == nil {
                known[number] = reading.clusters[number].departures(at: now, horizonDays: horizonDays)
            }
            return known[number]?[id] ?? .never("unreadable")
        }
    }
}
