/// Why a text is no schedule.
package enum ScheduleError: Error, Hashable, Sendable {
    case hours, dayOfMonth, unknown
}

extension ScheduleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .hours: "hours: 1, 2, 4, 6, 8 or 12"
        case .dayOfMonth: "day 1 to 28, or \"last\""
        case .unknown: "not a schedule; write e.g. \"saturday\""
        }
    }
}

extension Schedule {
    /// Reads what `every:` may say, words apart by one space.
    package init(_ text: String) throws(ScheduleError) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        switch words.count {
        case 1: self = try Self.single(text)
        case 2 where words[1] == "hours" || words[1] == "hour": self = try Self.everyHours(words[0])
        case 3 where words[0] == "month" && words[1] == "on": self = .monthOn(try Self.dayOfMonth(words[2]))
        case 3 where words[0] == "year" && words[1] == "in": self = .yearIn(try Self.month(words[2]))
        default: throw .unknown
        }
    }

    private static func single(_ word: String) throws(ScheduleError) -> Schedule {
        if word == "hour" { return .hours(1) }
        if word == "day" { return .day }
        guard let weekday = Weekday.allCases.first(where: { "\($0)" == word }) else { throw .unknown }
        return .weekday(weekday)
    }

    private static func everyHours(_ word: String) throws(ScheduleError) -> Schedule {
        guard let count = hourCounts.first(where: { "\($0)" == word }) else { throw .hours }
        return .hours(count)
    }

    private static func dayOfMonth(_ word: String) throws(ScheduleError) -> DayOfMonth {
        if word == "last" { return .last }
        guard let day = (1...28).first(where: { "\($0)" == word }) else { throw .dayOfMonth }
        return .day(day)
    }

    private static func month(_ word: String) throws(ScheduleError) -> Month {
        guard let month = Month.allCases.first(where: { "\($0)" == word }) else { throw .unknown }
        return month
    }
}
