import Holdfast
import HoldfastModel

/// What an answer rests on, as its last line.
enum ReadCountsText {
    static func line(_ read: ReadCounts, _ asOf: Timestamp) -> String {
        "Read: \(read.repositoriesRead) of \(read.repositoryCount) repositories, \(read.snapshotCount) snapshots, "
            + "\(read.openSnapshotCount) in progress, \(read.cmksAnswered) of \(read.cmkCount) CMKs answered; "
            + "\(asOf.toTheMinute) UTC."
    }
}
