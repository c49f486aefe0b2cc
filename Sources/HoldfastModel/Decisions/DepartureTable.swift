import Synchronization

/// When the snapshots of a reading go, cluster by cluster, worked out when somebody asks: a verdict without blockers needs no date.
final class DepartureTable: Sendable {
    private let reading: ProjectReading
    private let now: Timestamp
    private let horizonDays: Int64
    /// By cluster: of each of its snapshots, in the reading's order.
    private let known = Mutex<[Int: [DeletionDeparture]]>([:])

    init(of reading: ProjectReading, now: Timestamp, horizonDays: Int64) {
        self.reading = reading
        self.now = now
        self.horizonDays = horizonDays
    }

    /// Works them all out: before many verdicts are made at once, which would wait for one another here.
    func workOut() {
        for (number, cluster) in reading.clusters.enumerated() where !cluster.snapshots.isEmpty {
            _ = self[OpenerIndex.Position(cluster: number, snapshot: 0)]
        }
    }

    /// A snapshot that has no projection is one that cannot be read.
    subscript(place: OpenerIndex.Position) -> DeletionDeparture {
        known.withLock { known in
            if let departures = known[place.cluster] { return departures[place.snapshot] }
            let departures = reading.clusters[place.cluster].departures(at: now, horizonDays: horizonDays)
            known[place.cluster] = departures
            return departures[place.snapshot]
        }
    }
}
