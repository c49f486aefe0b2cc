import HoldfastModel

extension SnapshotView {
    /// Whether it is condemned, and all records after that can be read: one that cannot may be a hold.
    var isPlainlyCondemned: Bool {
        guard let condemnation = log.condemnation else { return false }
        return log.records.count { $0.n > condemnation.n } == log.length - 1 - condemnation.n
    }

    /// Whether it goes only if a person says so, once more where a record that nobody here can read stands behind an earlier condemnation.
    package var awaitsForgetting: Bool { !isPlainlyCondemned || log.mayBeKeptByUnknown }
}
