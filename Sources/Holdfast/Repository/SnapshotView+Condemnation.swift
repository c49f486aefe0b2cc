package import HoldfastModel

extension SnapshotView {
    /// When its time in the trash is over, as the log says it (`SnapshotLog.trashEnd`), by the store's time of the record that condemns
    /// it: that one may be dated back, or its writer's clock be wrong.
    package func trashEnd(under terms: RetentionTerms) -> Timestamp? {
        guard let condemnation = log.condemnation else { return nil }
        let recorded = terms.isTimeGiven ? condemnation.at : times[condemnation.n] ?? condemnation.at
        return log.trashEnd(recorded: recorded, under: terms)
    }

    /// As the witness compares it.
    package func sighting(under terms: RetentionTerms) -> SeenSnapshot {
        SeenSnapshot(log, sum: sum, trashEnd: trashEnd(under: terms), under: terms.compliance)
    }

    /// Whether it is in the trash by a person's word.
    var isForgotten: Bool { log.condemnation?.rule == SnapshotRecord.forgetRule }

    /// Whether it goes only if a person says so, once more where a record that nobody here can read stands behind an earlier condemnation.
    package var awaitsForgetting: Bool { !log.isPlainlyCondemned || log.mayBeKeptByUnknown }
}
