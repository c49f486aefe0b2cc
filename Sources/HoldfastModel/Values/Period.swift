/// How long something is kept: `30 days`, `12 months`. A day is 24 hours and a week 168, in UTC; months and years keep
/// the day of the month, clamped to its end (`docs/RETENTION.md`, section 1.1).
package struct Period: Hashable, Sendable {
    package enum Unit: String, Sendable, CaseIterable {
        case hours, days, weeks, months, years
    }

    package let count: Int64
    package let unit: Unit

    /// Any whole number of the unit from 0 to 36,500.
    package init?(_ count: Int64, _ unit: Unit) {
        guard (0...36_500).contains(count) else { return nil }
        (self.count, self.unit) = (count, unit)
    }

    /// Reads `7 days` or `1 day`: a number, one space, a unit. Nothing shorter: `7d` could be misread.
    package init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0].utf8.allSatisfy({ (48...57).contains($0) }), let count = Int64(words[0]),
            let unit = Unit.allCases.first(where: { $0.rawValue == words[1] || $0.rawValue == words[1] + "s" })
        else { return nil }
        self.init(count, unit)
    }

    /// The end of this period when it begins at `time`.
    package func after(_ time: Timestamp) -> Timestamp {
        switch unit {
        case .hours: time + count * 3600
        case .days: time + count * 86_400
        case .weeks: time + count * 604_800
        case .months: Self.adding(months: count, to: time)
        case .years: Self.adding(months: count * 12, to: time)
        }
    }

    /// The start of this period when it ends at `time`; months and years are clamped as in `after`.
    package func before(_ time: Timestamp) -> Timestamp {
        switch unit {
        case .hours: time + -count * 3600
        case .days: time + -count * 86_400
        case .weeks: time + -count * 604_800
        case .months: Self.adding(months: -count, to: time)
        case .years: Self.adding(months: -count * 12, to: time)
        }
    }

    private static func adding(months: Int64, to time: Timestamp) -> Timestamp {
        let date = time.date
        let secondOfDay = time.seconds - date.daysSince1970 * 86_400
        return Timestamp(seconds: date.adding(months: months).daysSince1970 * 86_400 + secondOfDay)
    }
}

extension Period: CustomStringConvertible {
    package var description: String {
        count == 1 ? "1 \(unit.rawValue.dropLast())" : "\(count) \(unit.rawValue)"
    }
}
