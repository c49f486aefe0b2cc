import HoldfastModel
import Testing

@Suite struct CalendarTests {
    @Test("days and dates answer to each other over eight hundred years")
    func dayNumbers() {
        for day in stride(from: Int64(-146_097), through: 146_097, by: 1) {
            let date = CalendarDate(daysSince1970: day)
            #expect(date.daysSince1970 == day)
            #expect(CalendarDate(date.description) == date)
        }
    }

    @Test(
        "a month later is the same day, or the month's last",
        arguments: [
            ("2027-01-31", 1, "2027-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2027-01-31", 3, "2027-04-30"),
            ("2027-12-15", 1, "2028-01-15"), ("2028-02-29", 12, "2029-02-28"), ("2028-02-29", 48, "2032-02-29"),
            ("2027-05-31", 0, "2027-05-31"), ("1969-11-30", 3, "1970-02-28"),
        ] as [(String, Int64, String)])
    func addsMonths(start: String, months: Int64, end: String) {
        #expect(CalendarDate(start)?.adding(months: months).description == end)
    }

    @Test(
        "an expiry is reckoned in UTC from the snapshot's own time",
        arguments: [
            ("2027-01-31T18:00:00Z", "1 month", "2027-02-28T18:00:00Z"),
            ("2028-02-29T18:00:00Z", "1 year", "2029-02-28T18:00:00Z"),
            ("2027-03-27T17:00:00Z", "1 day", "2027-03-28T17:00:00Z"),
            ("2027-01-01T18:00:00Z", "7 days", "2027-01-08T18:00:00Z"),
            ("2027-01-01T18:00:00Z", "4 weeks", "2027-01-29T18:00:00Z"),
            ("2027-01-01T18:00:00Z", "12 months", "2028-01-01T18:00:00Z"),
            ("2027-01-01T18:00:00Z", "6 hours", "2027-01-02T00:00:00Z"),
            ("1969-12-31T23:00:00Z", "2 months", "1970-02-28T23:00:00Z"),
        ])
    func expiry(taken: String, keep: String, expires: String) throws {
        let period = try #require(Period(keep))
        let time = try #require(Timestamp(taken))
        #expect(period.after(time).description == expires)
    }

    @Test("a period is a number, one space and a unit", arguments: ["7 days", "1 day", "0 hours", "36500 days", "12 months"])
    func readsPeriods(text: String) {
        #expect(Period(text)?.description == text)
    }

    @Test(
        "what could be misread is no period",
        arguments: [
            "", "7", "days", "7d", "7  days", " 7 days", "7 days ", "-1 days", "+1 days", "1.5 days", "7 fortnights", "7 Days",
            "36501 days", "99999999999999999999 days", "7\tdays", "７ days", "a 7 days",
        ])
    func refusesPeriods(text: String) {
        #expect(Period(text) == nil)
    }

    @Test("periods are compared from 2027-01-01: 12 months are 365 days")
    func comparesPeriods() {
        #expect(Period(12, .months)?.comparableSeconds == Period(365, .days)?.comparableSeconds)
        #expect(Period(1, .months)?.comparableSeconds == Period(31, .days)?.comparableSeconds)
        #expect(Period(days: 7).comparableSeconds == Period(168, .hours)?.comparableSeconds)
        #expect(Period(days: 7).comparableSeconds == 604_800)
    }
}
