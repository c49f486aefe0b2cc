package import HoldfastModel

/// One snapshot as a reading of the repository showed it: its log, and what keyless work needs of its manifest.
package struct SnapshotView: Sendable {
    package let log: SnapshotLog
    /// The manifest's trailing sum; nil where there is no readable manifest. In a void log: of one that stands there though nobody decided
    /// its deletion.
    package let sum: Digest?
    package let packs: [PackEntry]
    /// To which the next record is chained; nil where the last one's bytes are not to be had.
    package let lastDigest: Digest?
    /// The store's time of each record, by number.
    package let times: RecordTimes
    /// What record 0 says of its own time; nil where there is none to be read.
    package let startedAt: Timestamp?
    /// Why each record that cannot be read, or breaks the chain, does; by number.
    package let problems: [Int: String]
    /// The first record whose bytes the store did not give: what it says is unknown, and may be known the next time.
    package let unread: Int?
    /// The first number that has no record, though later ones do: to such a log nothing is appended, but by a person who forgets it.
    package let missing: Int?

    package var id: SnapshotID { log.id }

    /// A manifest, or what nobody can read, stands without a start record, and nothing says that it was to go. No purge leaves that: the start
    /// record was lost, or it is a commit that came after the snapshot had been given up and purged (`docs/PROTOCOL.md`, section 5, ruling 3).
    package var isStartGone: Bool { log.state == .void && (sum != nil || log.outcome != .none) }

    /// The last record of the key log that the writer of a committed snapshot had read. Nil where a person forgot it: a header is proven by
    /// nothing here, and one that is not to be believed must not block everybody for ever.
    var keyLogPosition: Int? { log.exists && !isForgotten ? log.header?.keyLogPosition : nil }

    package init(
        log: SnapshotLog, sum: Digest?, packs: [PackEntry], lastDigest: Digest?, times: RecordTimes,
        startedAt: Timestamp? = nil, problems: [Int: String] = [:], unread: Int? = nil, missing: Int? = nil
    ) {
        self.log = log
        self.sum = sum
        self.packs = packs
        self.lastDigest = lastDigest
        self.times = times
        self.startedAt = startedAt
        self.problems = problems
        self.unread = unread
        self.missing = missing
    }

    /// The view of a void log, with what is left of its manifest.
    func left(with assembly: SnapshotLogAssembly) -> SnapshotView {
        var log = log
        if case .unreadable = assembly.log.outcome { log.outcome = assembly.log.outcome }
        return SnapshotView(log: log, sum: assembly.sum, packs: assembly.packs, lastDigest: nil, times: times)
    }
}
