/// When schedules fall due (`docs/RETENTION.md`, section 1.1).
extension Schedule {
    /// The instants after `start` and up to `end`, ascending, none twice.
    package func instants(after start: Timestamp, upTo end: Timestamp, at time: TimeOfDay, in zone: Zone) -> [Timestamp] {
        guard start < end else { return [] }
        // The end of a gap may lie a day after the local time that does not exist, and a day's hours reach into the next.
        let first = day(of: start, in: zone) - 3
        let last = day(of: end, in: zone) + 2
        var instants: [Timestamp] = []
        for day in first...last where falls(on: CalendarDate(daysSince1970: day)) {
            for instant in self.instants(of: day, at: time, in: zone) where instant > start && instant <= end {
                if instant != instants.last { instants.append(instant) }
            }
        }
        return instants
    }

    /// The first instant after `start`. Every schedule has one within 53 weeks.
    package func firstInstant(after start: Timestamp, at time: TimeOfDay, in zone: Zone) -> Timestamp? {
        var reach = intervalSeconds + 4 * 86_400
        while reach <= 10 * intervalSeconds + 40 * 86_400 {
            if let first = instants(after: start, upTo: start + reach, at: time, in: zone).first { return first }
            reach *= 2
        }
        return nil
    }

    private func day(of time: Timestamp, in zone: Zone) -> Int64 {
        Timestamp(seconds: zone.localSeconds(at: time)).date.daysSince1970
    }

    private func falls(on date: CalendarDate) -> Bool {
        switch self {
        case .hours, .day: true
        case .weekday(let weekday): date.weekday == weekday
        case .monthOn(.day(let day)): date.day == Int64(day)
        case .monthOn(.last): CalendarDate(daysSince1970: date.daysSince1970 + 1).day == 1
        case .yearIn(let month): date.month == Int64(month.rawValue) && date.day == 1
        }
    }

    /// Hours run in elapsed time and begin anew with the next day's, so that no gap is wider than their count.
    private func instants(of day: Int64, at time: TimeOfDay, in zone: Zone) -> [Timestamp] {
        let first = zone.instant(ofLocalSeconds: day * 86_400 + time.secondsOfDay)
        guard case .hours(let count) = self else { return [first] }
        let next = zone.instant(ofLocalSeconds: (day + 1) * 86_400 + time.secondsOfDay)
        return stride(from: first.seconds, to: next.seconds, by: count * 3600).map { Timestamp(seconds: $0) }
    }
}

extension CalendarDate {
    package var weekday: Schedule.Weekday {
        // 1970-01-01 was a Thursday, number 4 of ISO 8601.
        let number = ((daysSince1970 + 3) % 7 + 7) % 7 + 1
        guard let weekday = Schedule.Weekday(rawValue: Int(number)) else { preconditionFailure("a week has seven days") }
        return weekday
    }
}

extension TimeOfDay {
    fileprivate var secondsOfDay: Int64 { Int64(hour) * 3600 + Int64(minute) * 60 }
}
