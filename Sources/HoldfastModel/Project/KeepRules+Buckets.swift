extension KeepRules.Bucket {
    /// The number of the bucket that `time` falls into on the clocks of `zone`: equal within one, greater in later ones. An hour
    /// that a clock shows twice is one bucket; weeks are ISO weeks, from Monday (`docs/RETENTION.md`, section 1.3).
    package func number(of time: Timestamp, in zone: Zone) -> Int64 {
        let local = Timestamp(seconds: zone.localSeconds(at: time))
        switch self {
        case .hourly: return local.seconds >= 0 ? local.seconds / 3600 : (local.seconds - 3599) / 3600
        case .daily: return local.date.daysSince1970
        case .weekly:
            let days = local.date.daysSince1970 + 3
            return days >= 0 ? days / 7 : (days - 6) / 7
        case .monthly: return local.date.year * 12 + local.date.month
        case .yearly: return local.date.year
        }
    }
}
