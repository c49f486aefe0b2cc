/// A moment in UTC, in whole seconds since 1970: the only precision that headers and records have. There is none outside the years 0 to
/// 9999, which is all that the format can say (`docs/FORMAT.md`, section 1): so whatever is written can be read again.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let seconds: Int64

    /// The first second of the year 0 to the last of 9999.
    private static let expressible: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    /// The nearest moment that there is: arithmetic beyond the year 9999 ends with its last second.
    package init(seconds: Int64) {
        self.seconds = min(max(seconds, Self.expressible.lowerBound), Self.expressible.upperBound)
    }

    /// A number from outside; nil where there is no such moment.
    package init?(foreign seconds: Int64) {
        guard Self.expressible.contains(seconds) else { return nil }
        self.seconds = seconds
    }

    package static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }
    package static func - (a: Self, b: Self) -> Int64 { a.seconds - b.seconds }
    package static func + (time: Self, seconds: Int64) -> Self { Self(seconds: time.seconds + seconds) }

    /// Reads `2027-01-31T18:00:00Z`, an offset such as `+02:00`, or a bare date, which is its midnight in UTC. Nil where it is no time, or
    /// in UTC lies in no year from 0 to 9999.
    package init?(_ text: String) {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let date = CalendarDate(parts[0]) else { return nil }
        guard parts.count == 2 else {
            self.init(seconds: date.daysSince1970 * 86_400)
            return
        }
        guard let time = Self.secondsOfDay(parts[1]) else { return nil }
        self.init(foreign: date.daysSince1970 * 86_400 + time)
    }

    /// `HH:MM:SS` and an offset; a fraction of a second is cut off.
    private static func secondsOfDay(_ text: Substring) -> Int64? {
        let digits = Array(text.utf8)
        guard digits.count >= 9, digits[2] == UInt8(ascii: ":"), digits[5] == UInt8(ascii: ":") else { return nil }
        guard let hour = Int64(digits: digits[0..<2]), let minute = Int64(digits: digits[3..<5]),
            let second = Int64(digits: digits[6..<8]),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var rest = digits[8...]
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard let offset = offset(rest) else { return nil }
        return hour * 3600 + minute * 60 + second - offset
    }

    private static func offset(_ text: ArraySlice<UInt8>) -> Int64? {
        if text.elementsEqual("Z".utf8) { return 0 }
        let digits = Array(text)
        guard digits.count == 6, digits[3] == UInt8(ascii: ":"), let hour = Int64(digits: digits[1..<3]),
            let minute = Int64(digits: digits[4..<6]), hour < 24, minute < 60
        else { return nil }
        switch digits[0] {
        case UInt8(ascii: "+"): return hour * 3600 + minute * 60
        case UInt8(ascii: "-"): return -(hour * 3600 + minute * 60)
        default: return nil
        }
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, whole seconds: `2027-01-31T18:00:00Z`.
    package var description: String {
        let second = seconds - date.daysSince1970 * 86_400
        return "\(date)T\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))Z"
    }

    /// The day in UTC.
    package var date: CalendarDate {
        CalendarDate(daysSince1970: seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
    }

    /// As people read it: `2027-01-31 18:00`.
    package var toTheMinute: String {
        let second = seconds - date.daysSince1970 * 86_400
        return "\(date) \(padded(second / 3600)):\(padded(second / 60 % 60))"
    }

    private func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
