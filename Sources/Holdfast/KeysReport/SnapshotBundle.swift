package import HoldfastModel

/// One snapshot that a CMK may open.
package struct ReportedSnapshot: Sendable {
    /// Where it is: ids of different clusters are never taken for one another.
    struct Place: Hashable {
        let cluster: String
        let id: String

        init(_ blocker: DeletionVerdict.Blocker) { (cluster, id) = (blocker.cluster, blocker.id) }

        init(_ snapshot: ReportedSnapshot) { (cluster, id) = (snapshot.cluster, snapshot.snapshot.id.hex) }
    }

    package let cluster: String
    package let snapshot: ProjectReading.Snapshot
    package let departure: DeletionDeparture
    /// Everything that may open it, with its state: ascending.
    package let openers: [Opener]
    /// No other CMK that stays opens it.
    package fileprivate(set) var isNeeded = false

    package struct Opener: Hashable, Sendable {
        package let cmk: CMK
        package let state: CMKState
        /// By an envelope that was added later and not yet seen to open it: it stands in for nothing.
        package let isUnproven: Bool
    }
}

/// All snapshots that one CMK may open.
struct SnapshotBundle {
    private(set) var snapshots: [ReportedSnapshot] = []
    private(set) var byteCount: UInt64 = 0

    /// By CMK, in one pass: there may be a hundred thousand snapshots, most with the same few envelopes.
    static func all(of check: DeletionCheck) -> [CMK: SnapshotBundle] {
        var bundles: [CMK: SnapshotBundle] = [:]
        var known: [[[CMK]]: [ReportedSnapshot.Opener]] = [:]
        for (number, cluster) in check.reading.clusters.enumerated() {
            for (position, snapshot) in cluster.snapshots.enumerated() where snapshot.problem == nil {
                let envelopes = [snapshot.envelopes, snapshot.laterEnvelopes]
                let openers = known[envelopes] ?? openers(of: snapshot, in: check.reading)
                known[envelopes] = openers
                let reported = ReportedSnapshot(
                    cluster: cluster.name, snapshot: snapshot,
                    departure: check.departure(ofSnapshot: position, inCluster: number),
                    openers: openers)
                for opener in openers {
                    bundles[opener.cmk, default: SnapshotBundle()].snapshots.append(reported)
                    bundles[opener.cmk]?.byteCount &+= snapshot.bytesStored
                }
            }
        }
        return bundles
    }

    private static func openers(
        of snapshot: ProjectReading.Snapshot, in reading: ProjectReading
    ) -> [ReportedSnapshot.Opener] {
        let known = reading.openers(of: snapshot.envelopes)
        return reading.possibleOpeners(of: snapshot).sorted().map {
            ReportedSnapshot.Opener(cmk: $0, state: reading.state(of: $0), isUnproven: !known.contains($0))
        }
    }

    /// At most so many: what the CMK alone opens first, and of that what leaves last.
    func latest(_ limit: Int, openedBy cmk: CMK, needed: Set<ReportedSnapshot.Place>) -> [ReportedSnapshot] {
        let marked = snapshots.map { snapshot in
            var marked = snapshot
            marked.isNeeded = needed.contains(ReportedSnapshot.Place(snapshot))
            return marked
        }
        return Array(marked.sorted { Self.rank($0) > Self.rank($1) }.prefix(limit))
    }

    private static func rank(_ snapshot: ReportedSnapshot) -> (Int, Int64, SnapshotID) {
        (snapshot.isNeeded ? 1 : 0, snapshot.departure.date?.seconds ?? .max, snapshot.snapshot.id)
    }
}
