import HoldfastModel
import HoldfastTesting
import Testing

@Suite("What compliance promises, in months or in days")
struct ComplianceLawTests {
    /// From here one month is 28 days, and three are 89.
    private static let february = Timestamp("2027-02-01T00:00:00Z")

    @Test(
        "is kept to the day, whatever the project file or a later promise says instead",
        arguments: [("30 days", "1 month"), ("90 days", "3 months"), ("1 month", "30 days"), ("2 years", "730 days")])
    func shortMonths(promised: String, instead: String) throws {
        let start = try #require(Self.february)
        let (promised, instead) = (try #require(Period(promised)), try #require(Period(instead)))
        let promise = Compliance(minKeep: promised, grace: promised, keepMin: 1)
        let policy = Policy(items: [ScheduleItem(every: .day, keep: instead)], onDemand: instead, grace: instead)
        for time in [start, start + -1, start + 31 * 86_400] {
            #expect(promise.applied(to: policy).grace.after(time) >= promised.after(time))
            #expect(promise.applied(to: policy).grace.after(time) >= instead.after(time))
            let both = promise.combined(with: Compliance(minKeep: instead, grace: instead, keepMin: 1))
            #expect(both.minKeep.after(time) >= max(promised.after(time), instead.after(time)))
        }
    }

    @Test(
        "is told to a policy that may keep shorter, if only over February",
        arguments: [
            ("30 days", "1 month", false), ("28 days", "1 month", true), ("1 month", "30 days", false),
            ("1 month", "31 days", true),
            ("1 month", "1 month", true), ("365 days", "12 months", true), ("366 days", "1 year", false),
            ("12 months", "1 year", true),
            ("1 year", "366 days", true), ("3 months", "90 days", false), ("4 weeks", "28 days", true),
        ])
    func violations(promised: String, instead: String, isKept: Bool) throws {
        let (promised, instead) = (try #require(Period(promised)), try #require(Period(instead)))
        let promise = Compliance(minKeep: promised, grace: promised, keepMin: 1)
        let policy = Policy(items: [ScheduleItem(every: .day, keep: instead)], onDemand: instead, grace: instead)
        #expect(promise.violations(by: policy).map(\.field) == (isKept ? [] : ["items[0].keep", "on_demand", "grace"]))
        #expect((promise.combined(with: Compliance(minKeep: instead, grace: instead, keepMin: 1)).minKeep == instead) == isKept)
    }

    @Test("is never less than each of the promises, wherever it begins", arguments: 0..<8 as Range<UInt64>)
    func covering(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let (a, b) = (Self.period(&random), Self.period(&random))
            let both = a.covering(b)
            #expect(both.covers(a) && both.covers(b))
            for _ in 0..<20 {
                let time = Timestamp(seconds: Int64.random(in: 0..<12_000_000_000, using: &random))
                #expect(both.after(time) >= max(a.after(time), b.after(time)), "\(a), \(b), \(time)")
                if a.covers(b) { #expect(a.after(time) >= b.after(time), "\(a), \(b), \(time)") }
            }
        }
    }

    /// Of about the same length, in any unit.
    private static func period(_ random: inout SeededRandom) -> Period {
        let days = Int64.random(in: 20..<1500, using: &random)
        let unit = Period.Unit.allCases[Int.random(in: 0..<5, using: &random)]
        let count =
            switch unit {
            case .hours: days * 24
            case .days: days
            case .weeks: days / 7
            case .months: days / 30
            case .years: days / 365
            }
        return Period(count, unit) ?? Period(days: 1)
    }
}
