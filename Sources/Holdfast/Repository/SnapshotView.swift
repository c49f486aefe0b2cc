package import HoldfastModel

/// One snapshot as a reading of the repository showed it: its log, and what keyless work needs of its manifest.
package struct SnapshotView: Sendable {
    package let log: SnapshotLog
    /// The manifest's trailing sum; nil where there is no readable manifest.
    package let sum: Digest?
    package let packs: [PackEntry]
    /// To which the next record is chained.
    package let lastDigest: Digest?
    /// The store's time of each record, by number.
    package let times: [Int: Timestamp]

    package var id: SnapshotID { log.id }

    package init(log: SnapshotLog, sum: Digest?, packs: [PackEntry], lastDigest: Digest?, times: [Int: Timestamp]) {
        self.log = log
        self.sum = sum
        self.packs = packs
        self.lastDigest = lastDigest
        self.times = times
    }
}
