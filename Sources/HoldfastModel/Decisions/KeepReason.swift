/// Why a snapshot is kept, in the order in which reasons are told (`docs/RETENTION.md`, section 2).
package enum KeepReason: String, Hashable, Sendable, CaseIterable {
    /// A legal hold, which outlives every policy.
    case hold
    /// The base of an open snapshot.
    case base
    /// Dated after now: kept, and counted nowhere.
    case future
    /// Its own date has not come.
    case expiry
    /// It has no date of its own, and no count rule speaks of it.
    case noRule = "no-rule"
    case last, hourly, daily, weekly, monthly, yearly
    case within
    case withinHourly = "within_hourly"
    case withinDaily = "within_daily"
    case withinWeekly = "within_weekly"
    case withinMonthly = "within_monthly"
    case withinYearly = "within_yearly"
    case tags
    /// Among the newest good ones of its group while backups are on.
    case `guard`
}
