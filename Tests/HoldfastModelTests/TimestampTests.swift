import HoldfastModel
import Testing

@Suite struct TimestampTests {
    @Test(
        "a time is read in any offset and written in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2027-01-31T18:00:00Z", 1_801_418_400, "2027-01-31T18:00:00Z"),
            ("2027-01-31", 1_801_353_600, "2027-01-31T00:00:00Z"),
            ("2027-01-31T20:00:00+02:00", 1_801_418_400, "2027-01-31T18:00:00Z"),
            ("2027-01-31T12:30:00-05:30", 1_801_418_400, "2027-01-31T18:00:00Z"),
            ("2027-01-31T18:00:00.999Z", 1_801_418_400, "2027-01-31T18:00:00Z"),
            ("2028-02-29T23:59:59Z", 1_835_481_599, "2028-02-29T23:59:59Z"),
            ("2000-02-29T00:00:00Z", 951_782_400, "2000-02-29T00:00:00Z"),
            ("1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z"),
            ("1900-03-01T00:00:00Z", -2_203_891_200, "1900-03-01T00:00:00Z"),
            ("0000-01-01T00:00:00Z", -62_167_219_200, "0000-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", 253_402_300_799, "9999-12-31T23:59:59Z"),
        ] as [(String, Int64, String)])
    func readsAndWrites(text: String, seconds: Int64, written: String) {
        #expect(Timestamp(text) == Timestamp(seconds: seconds))
        #expect(Timestamp(seconds: seconds).description == written)
    }

    @Test(
        "garbage is no time",
        arguments: [
            "", "T", "now", "2027", "2027-1-31", "2027-13-01", "2027-00-10", "2027-01-00", "2027-02-29", "1900-02-29",
            "2027-01-31T", "2027-01-31T18:00", "2027-01-31T18:00Z", "2027-01-31T18:00:00", "2027-01-31T24:00:00Z",
            "2027-01-31T18:60:00Z", "2027-01-31T18:00:60Z", "2027-01-31T18:00:00.Z", "2027-01-31T18:00:00z",
            "2027-01-31t18:00:00Z", "2027-01-31 18:00:00Z", "2027-01-31T18:00:00+2", "2027-01-31T18:00:00+02",
            "2027-01-31T18:00:00+24:00", "2027-01-31T18:00:00+02:60", "2027-01-31T18:00:00*02:00", " 2027-01-31",
            "2027-01-31 ", "-027-01-31", "+027-01-31", "2027-+1-31", "２０２７-01-31", "2027-01-3\u{301}1", "20270131",
        ])
    func refuses(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("the day and the minute are those of UTC, before 1970 too")
    func dayAndMinute() {
        #expect(Timestamp(seconds: -1).date == CalendarDate(year: 1969, month: 12, day: 31))
        #expect(Timestamp(seconds: -86_400).date == CalendarDate(year: 1969, month: 12, day: 31))
        #expect(Timestamp(seconds: -86_401).date == CalendarDate(year: 1969, month: 12, day: 30))
        #expect(Timestamp(seconds: 1_801_418_459).toTheMinute == "2027-01-31 18:00")
    }

    @Test("times are ordered, and their differences are seconds")
    func arithmetic() {
        let (early, late) = (Timestamp(seconds: -5), Timestamp(seconds: 7))
        #expect(early < late)
        #expect(late - early == 12)
        #expect(early + 12 == late)
    }

    @Test(
        "there is no time outside the years 0 to 9999: a number from outside is none, and what is counted ends at their edge",
        arguments: [Int64.min, -62_167_219_201, 253_402_300_800, .max])
    func foreign(seconds: Int64) {
        #expect(Timestamp(foreign: seconds) == nil)
        let nearest = Timestamp(seconds: seconds)
        #expect(nearest.description == (seconds < 0 ? "0000-01-01T00:00:00Z" : "9999-12-31T23:59:59Z"))
        #expect(Timestamp(nearest.description) == nearest && Timestamp(foreign: nearest.seconds) == nearest)
    }

    @Test("an offset leads to no time outside them", arguments: ["0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-00:01"])
    func offsets(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("whatever is added to a time can be said", arguments: Period.Unit.allCases)
    func sums(unit: Period.Unit) throws {
        let period = try #require(Period(36_500, unit))
        for text in ["0000-01-01", "2027-01-31", "9999-12-31"] {
            let time = try #require(Timestamp(text))
            for sum in [period.after(time), period.before(time), time + 253_402_300_800, time + -253_402_300_800] {
                #expect(Timestamp(sum.description) == sum)
            }
        }
    }
}
