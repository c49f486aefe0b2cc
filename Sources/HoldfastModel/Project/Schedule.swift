/// When a snapshot is due: `6 hours`, `day`, `saturday`, `month on last`, `year in december`
/// (`docs/RETENTION.md`, section 1.1).
package enum Schedule: Hashable, Sendable {
    /// Every 1, 2, 4, 6, 8 or 12 hours.
    case hours(Int)
    case day
    case weekday(Weekday)
    case monthOn(DayOfMonth)
    /// On the first of the month.
    case yearIn(Month)

    /// Numbered as ISO 8601 does.
    package enum Weekday: Int, Hashable, Sendable, CaseIterable {
        case monday = 1
        case tuesday, wednesday, thursday, friday, saturday, sunday
    }

    package enum DayOfMonth: Hashable, Sendable {
        /// 1 to 28.
        case day(Int)
        /// 28 to 31.
        case last
    }

    package enum Month: Int, Hashable, Sendable, CaseIterable {
        case january = 1
        case february, march, april, may, june, july, august, september, october, november, december
    }

    /// How often, in classes: items of one class are not compared with one another.
    package enum Frequency: Int, Comparable, Sendable {
        case hourly, daily, weekly, monthly, yearly

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    package static let hourCounts = [1, 2, 4, 6, 8, 12]

    package var frequency: Frequency {
        switch self {
        case .hours: .hourly
        case .day: .daily
        case .weekday: .weekly
        case .monthOn: .monthly
        case .yearIn: .yearly
        }
    }

    /// The longest time between two of its instants, leap days aside.
    package var intervalSeconds: Int64 {
        switch self {
        case .hours(let count): Int64(count) * 3600
        case .day: 86_400
        case .weekday: 7 * 86_400
        case .monthOn: 31 * 86_400
        case .yearIn: 365 * 86_400
        }
    }
}

extension Schedule: CustomStringConvertible {
    /// The one spelling that the project file and headers have.
    package var description: String {
        switch self {
        case .hours(1): "hour"
        case .hours(let count): "\(count) hours"
        case .day: "day"
        case .weekday(let weekday): "\(weekday)"
        case .monthOn(.day(let day)): "month on \(day)"
        case .monthOn(.last): "month on last"
        case .yearIn(let month): "year in \(month)"
        }
    }
}
