extension Policy {
    /// Until when a snapshot of `time` without a date of its own is likely to be kept: as if the next one were taken when the schedule
    /// says so. Nil where neither rules nor a schedule tell. Nothing is promised by it (`docs/decisions/0019-rewriting-packs.md`).
    package func likelyEnd(of time: Timestamp) -> Timestamp? {
        let next = schedulesByFrequency.compactMap { $0.firstInstant(after: time, at: at, in: zone) }.min()
        guard let keepRules, let next else { return nil }
        return keepRules.likelyEnd(of: time, before: next, in: zone)
    }
}

extension KeepRules {
    /// The newest of a bucket stays for as many buckets as are kept; the others as long as they are among the last ones.
    fileprivate func likelyEnd(of time: Timestamp, before next: Timestamp, in zone: Zone) -> Timestamp? {
        let isNewest = { (bucket: Bucket) in bucket.number(of: time, in: zone) != bucket.number(of: next, in: zone) }
        let counted = counts.filter { isNewest($0.key) }.map { Period(Int64($0.value), $0.key.unit) }
        let dated = withinBuckets.filter { isNewest($0.key) }.map(\.value)
        let ends = (counted + dated + [within]).compactMap { $0?.after(time) }
        // Whoever keeps more of them than any period may count keeps them all.
        return (ends + [time + Int64(min(last, 36_500)) * (next - time)]).max()
    }
}

extension KeepRules.Bucket {
    fileprivate var unit: Period.Unit {
        switch self {
        case .hourly: .hours
        case .daily: .days
        case .weekly: .weeks
        case .monthly: .months
        case .yearly: .years
        }
    }
}
