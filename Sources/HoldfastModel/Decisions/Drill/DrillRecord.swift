/// What this machine remembers of one drill of a cluster.
package struct DrillRecord: Hashable, Sendable {
    package enum Outcome: String, Hashable, Sendable {
        case passed, failed
        /// It shows nothing: it ended before a snapshot was opened, there was no room, somebody interrupted it, or a snapshot was purged
        /// meanwhile.
        case unfinished
    }

    /// One snapshot of it.
    package struct Turn: Hashable, Sendable {
        package let snapshot: SnapshotID
        /// The CMK that opened it; nil where none did.
        package let cmk: CMK?
        /// What was to be restored of it.
        package let part: DrillPart
        /// What was restored and compared: all but directories, and the bytes of files.
        package let files: UInt64
        package let bytes: UInt64
        package let outcome: Outcome
        /// Why it did not pass; empty where it did.
        package let message: String

        package init(
            snapshot: SnapshotID, cmk: CMK?, part: DrillPart, files: UInt64 = 0, bytes: UInt64 = 0, outcome: Outcome,
            message: String = ""
        ) {
            (self.snapshot, self.cmk, self.part, self.files, self.bytes) = (snapshot, cmk, part, files, bytes)
            (self.outcome, self.message) = (outcome, message)
        }
    }

    /// When it began.
    package let at: Timestamp
    /// Every source, every CMK that snapshots need, and what failed before; not one snapshot that somebody named.
    package let coversCluster: Bool
    package let outcome: Outcome
    package let message: String
    package let turns: [Turn]

    package init(at: Timestamp, coversCluster: Bool, outcome: Outcome, message: String = "", turns: [Turn] = []) {
        (self.at, self.coversCluster, self.outcome, self.message, self.turns) = (at, coversCluster, outcome, message, turns)
    }

    /// Of all of its snapshots.
    package var files: UInt64 { turns.lazy.map(\.files).saturatedSum }
    package var bytes: UInt64 { turns.lazy.map(\.bytes).saturatedSum }

    /// In their order, each once.
    package var cmks: [CMK] {
        turns.compactMap(\.cmk).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
