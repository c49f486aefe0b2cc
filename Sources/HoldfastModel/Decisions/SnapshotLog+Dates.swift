/// When a snapshot goes: the dates that prune obeys, that the deletion check tells, and that the witness remembers.
extension SnapshotLog {
    /// The expiry that is obeyed. Under compliance that is the latest that it ever had, and no less than what is demanded.
    package func expires(under compliance: Compliance?) -> Timestamp? {
        guard let compliance else { return expires }
        return header?.expires == nil ? nil : keptUntil(under: compliance)
    }

    /// When it may be purged if it is condemned at `now`: once the grace time is over, and the store lets go of it.
    package func purgeAfter(condemnedAt now: Timestamp, _ grace: Period) -> Timestamp {
        max(grace.after(now), lockedUntil ?? now)
    }

    /// When its time in the trash is over, held or not; nil where it is not condemned, or where compliance may keep it and its manifest,
    /// which has its date, cannot be read.
    ///
    /// That is the latest of what the condemnation says, of the end of the grace in force now, counted from when the store had the
    /// record (`recorded`), of the store's lock, and of what compliance demands, be it dated or not.
    package func trashEnd(recorded: Timestamp, under terms: RetentionTerms) -> Timestamp? {
        guard let condemnation else { return nil }
        let end = max(condemnation.purgeAfter, purgeAfter(condemnedAt: recorded, terms.grace))
        guard let compliance = terms.compliance else { return end }
        return keptUntil(under: compliance).map { max(end, $0) }
    }

    /// Whether it is condemned and nothing keeps it all the same: no hold, and no record that may be one and cannot be read.
    package var isLetGo: Bool { holds.isEmpty && !mayBeKeptByUnknown && isPlainlyCondemned }

    /// Whether it is condemned, and all records after that can be read: one that cannot may be a hold.
    package var isPlainlyCondemned: Bool {
        guard let condemnation else { return false }
        return records.count { $0.n > condemnation.n } == length - 1 - condemnation.n
    }

    /// Until when compliance lets nobody purge it, dated or not; nil without a manifest that can be read.
    private func keptUntil(under compliance: Compliance) -> Timestamp? {
        guard let header else { return nil }
        let demanded = compliance.minKeep.after(header.time)
        return records.reduce(max(header.expires ?? demanded, demanded)) { latest, record in
            switch record.event {
            case .expiry(let date, _): max(latest, date)
            case .undeleted(let until, _): max(latest, until ?? latest)
            default: latest
            }
        }
    }
}
