extension Period {
    private static let day: Int64 = 86_400

    /// Its length in seconds when it begins on 2027-01-01: 12 months are 365 days (`docs/RETENTION.md`, section 1.4).
    package var comparableSeconds: Int64 {
        let start = Timestamp(seconds: 1_798_761_600)
        return after(start) - start
    }

    /// So many days; unlike the other initialisers it cannot fail.
    package init(days count: UInt8) { (self.count, unit) = (Int64(count), .days) }
}

/// Where something was promised, it is not enough to be as long by the calendar of one year.
extension Period {
    /// Whether it ends no sooner than `other`, wherever both begin: a month may have 28 days, or 31.
    package func covers(_ other: Period) -> Bool {
        if let months, let otherMonths = other.months { return months >= otherMonths }
        return lengths.lowerBound >= other.lengths.upperBound
    }

    /// What ends no sooner than either, wherever it begins: the one that covers the other (`other` where each does), else as many whole days
    /// as the longer of them can have.
    package func covering(_ other: Period) -> Period {
        if other.covers(self) { return other }
        if covers(other) { return self }
        return Period(wholeDays: max(lengths.upperBound, other.lengths.upperBound))
    }

    /// As many days as so many seconds need.
    private init(wholeDays seconds: Int64) { (count, unit) = ((seconds + Self.day - 1) / Self.day, .days) }

    /// Nil where it has the same length wherever it begins.
    private var months: Int64? {
        switch unit {
        case .hours, .days, .weeks: nil
        case .months: count
        case .years: count * 12
        }
    }

    /// The shortest and the longest that it can be, in seconds.
    private var lengths: ClosedRange<Int64> {
        guard let months else { return comparableSeconds...comparableSeconds }
        let (years, rest) = (months / 12, Int(months % 12))
        // Of four years in a row one has a leap day, but at the turn of most centuries.
        let leapDays = (fewest: max(0, years / 4 - (years + 99) / 100), most: (years + 3) / 4)
        let fewest = years * 365 + leapDays.fewest + Self.fewestDays[rest]
        let most = years * 365 + leapDays.most + Self.mostDays[rest]
        return fewest * Self.day...most * Self.day
    }

    /// Of 0 to 11 months in a row.
    private static let fewestDays: [Int64] = [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334]
    private static let mostDays: [Int64] = [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337]
}
