/// A key log that ends before what the writer of a snapshot had read of it (`docs/PROTOCOL.md`, section 3).
extension KeyLog {
    /// In front of the record's name, where it is the reason for which a repository is unknown (`docs/RETENTION.md`, section 6).
    package static let lossWord = "lost-record: "

    /// What to do, as one sentence; `id`: the snapshot whose header tells of the record.
    package static func remedyOfLoss(toldBy id: SnapshotID) -> String {
        "\(remedyOfLoss); if nobody took snapshot \(id.short): holdfast forget --yes \(id.short)"
    }

    /// The same where the snapshot is in progress.
    package static func remedyOfLoss(toldByOpen id: SnapshotID) -> String {
        "\(remedyOfLoss); if the writer of snapshot \(id.short) is dead: holdfast unlock \(id.short)"
    }

    package static let remedyOfLoss =
        "put it back from a copy; if there is none: holdfast check --accept key-log, then holdfast backup --base none, and holdfast keys "
        + "rotate, which appends, until the log is as long again"
}
