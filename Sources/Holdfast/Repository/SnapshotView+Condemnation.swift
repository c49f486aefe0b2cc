import HoldfastModel

extension SnapshotView {
    /// The condemnation in force. Nil where a record after it cannot be read: that may be a hold.
    var condemnedRecord: SnapshotRecord? {
        guard log.condemnation != nil else { return nil }
        let condemned = log.records.last { if case .condemned = $0.event { true } else { false } }
        guard let condemned, log.records.count(where: { $0.n > condemned.n }) == log.length - 1 - condemned.n else { return nil }
        return condemned
    }

    /// Whether it goes only if a person says so, once more where a record that nobody here can read stands behind an earlier condemnation.
    package var awaitsForgetting: Bool { condemnedRecord == nil || log.mayBeKeptByUnknown }
}
