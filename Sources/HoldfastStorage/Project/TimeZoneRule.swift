import HoldfastModel

/// How a zone goes on for ever after its last listed transition: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX.1-2017, section 8.3, `TZ`,
/// with the hours of RFC 8536, section 3.3.1).
struct TimeZoneRule {
    /// A day of each year, and the local time on it at which the clocks change, in seconds.
    fileprivate struct Change {
        enum Day {
            /// 1 to 365; 29 February is never counted.
            case julian(Int64)
            /// 0 to 365, leap days included.
            case ordinal(Int64)
            /// Month, week (5 is the last) and weekday (0 is Sunday).
            case weekday(month: Int64, week: Int64, weekday: Int64)
        }

        let day: Day
        let seconds: Int64
    }

    /// Seconds east of UTC.
    let standardOffset: Int64
    private var summer: (offset: Int64, start: Change, end: Change)?

    /// Far beyond any date that retention reaches.
    private static let years: ClosedRange<Int64> = 1970...2500

    /// The changes of all years that anybody asks about, ascending; none where the clocks never change.
    var transitions: [Zone.Transition] {
        guard let summer else { return [] }
        return Self.years.flatMap { year in
            [
                Zone.Transition(time: summer.start.time(in: year, offset: standardOffset), offset: summer.offset),
                Zone.Transition(time: summer.end.time(in: year, offset: summer.offset), offset: standardOffset),
            ]
        }.sorted { $0.time < $1.time }
    }

    /// Nil for what is not spelled so.
    init?(_ text: String) {
        var scanner = Scanner(text)
        guard scanner.skipName(), let standard = scanner.time() else { return nil }
        standardOffset = -standard
        if scanner.isAtEnd { return }
        guard scanner.skipName() else { return nil }
        var summerOffset = standardOffset + 3600
        if scanner.next != UInt8(ascii: ",") {
            guard let offset = scanner.time() else { return nil }
            summerOffset = -offset
        }
        guard let start = scanner.change(), let end = scanner.change(), scanner.isAtEnd else { return nil }
        summer = (summerOffset, start, end)
    }

    private struct Scanner {
        private var rest: Substring.UTF8View

        init(_ text: String) { rest = text[...].utf8 }

        var next: UInt8? { rest.first }
        var isAtEnd: Bool { rest.isEmpty }

        /// Letters, or anything between `<` and `>`.
        mutating func skipName() -> Bool {
            let before = rest.count
            if skip(UInt8(ascii: "<")) {
                rest = rest.drop { $0 != UInt8(ascii: ">") }
                return skip(UInt8(ascii: ">"))
            }
            rest = rest.drop { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xDF) }
            return rest.count < before
        }

        /// `[+-]h[:mm[:ss]]` in seconds.
        mutating func time() -> Int64? {
            let sign: Int64 = skip(UInt8(ascii: "-")) ? -1 : 1
            if sign == 1 { _ = skip(UInt8(ascii: "+")) }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            for unit: Int64 in [60, 1] where skip(UInt8(ascii: ":")) {
                guard let count = number() else { return nil }
                seconds += count * unit
            }
            return sign * seconds
        }

        /// `,M3.5.0/2`, `,J60`, `,59`; two o'clock where no time is given.
        mutating func change() -> Change? {
            guard skip(UInt8(ascii: ",")), let day = day() else { return nil }
            guard skip(UInt8(ascii: "/")) else { return Change(day: day, seconds: 7200) }
            return time().map { Change(day: day, seconds: $0) }
        }

        private mutating func day() -> Change.Day? {
            if skip(UInt8(ascii: "J")) { return number().map(Change.Day.julian) }
            guard skip(UInt8(ascii: "M")) else { return number().map(Change.Day.ordinal) }
            guard let month = number(), (1...12).contains(month), skip(UInt8(ascii: ".")), let week = number(),
                skip(UInt8(ascii: ".")), let weekday = number()
            else { return nil }
            return .weekday(month: month, week: week, weekday: weekday)
        }

        private mutating func number() -> Int64? {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.prefix(4)
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }

        private mutating func skip(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest = rest.dropFirst()
            return true
        }
    }
}

extension TimeZoneRule.Change {
    /// When clocks that are `offset` ahead of UTC reach it.
    fileprivate func time(in year: Int64, offset: Int64) -> Timestamp {
        Timestamp(seconds: dayNumber(in: year) * 86_400 + seconds - offset)
    }

    private func dayNumber(in year: Int64) -> Int64 {
        let newYear = Self.day(year, 1)
        switch day {
        case .ordinal(let number): return newYear + number
        case .julian(let number):
            let isLeap = Self.day(year + 1, 1) - newYear == 366
            return newYear + number - 1 + (isLeap && number >= 60 ? 1 : 0)
        case .weekday(let month, let week, let weekday):
            let first = Self.day(year, month)
            let end = month == 12 ? Self.day(year + 1, 1) : Self.day(year, month + 1)
            // 1970-01-01 was a Thursday, number 4 here.
            let firstMatch = first + ((weekday - (first + 4) % 7) + 7) % 7
            let wanted = firstMatch + (week - 1) * 7
            return wanted < end ? wanted : wanted - 7
        }
    }

    private static func day(_ year: Int64, _ month: Int64) -> Int64 {
        guard let date = CalendarDate(year: year, month: month, day: 1) else { preconditionFailure("a month of a year") }
        return date.daysSince1970
    }
}
