import HoldfastModel
import Testing

@Suite struct PolicyTests {
    @Test(
        "every schedule that there is reads back as it is written",
        arguments: [
            "hour", "day", "monday", "sunday", "month on 1", "month on 28", "month on last", "year in january",
            "year in december",
        ]
            + [2, 4, 6, 8, 12].map { "\($0) hours" })
    func readsSchedules(text: String) throws {
        #expect(try Schedule(text).description == text)
    }

    @Test("an hour has more than one spelling", arguments: ["hour", "1 hour", "1 hours"])
    func hourSpellings(text: String) throws {
        #expect(try Schedule(text) == .hours(1))
    }

    @Test(
        "what is no schedule is refused with what would be one",
        arguments: [
            ("3 hours", .hours), ("0 hours", .hours), ("24 hours", .hours), ("06 hours", .hours), ("-1 hours", .hours),
            ("month on 29", .dayOfMonth), ("month on 0", .dayOfMonth), ("month on first", .dayOfMonth),
            ("month on 07", .dayOfMonth),
            ("sat", .unknown), ("Saturday", .unknown), ("year in dec", .unknown), ("", .unknown), ("6", .unknown),
            ("days", .unknown),
            ("month on", .unknown), ("month  on 1", .unknown), (" day", .unknown), ("0 18 * * *", .unknown), ("week", .unknown),
        ] as [(String, ScheduleError)])
    func refusesSchedules(text: String, error: ScheduleError) {
        #expect(throws: error) { try Schedule(text) }
    }

    @Test("the default policy is MongoDB Atlas's, and is at peace with itself")
    func defaults() {
        let policy = Policy()
        #expect(policy.conflicts == [])
        #expect(
            policy.items.map { "\($0.every) \($0.keep.map(\.description) ?? "-")" } == [
                "6 hours 7 days", "day 7 days", "saturday 4 weeks", "month on last 12 months", "year in december 1 year",
            ])
        #expect(
            "\(policy.at) \(policy.zone) \(policy.onDemand) \(policy.keepMin) \(policy.grace)" == "18:00 UTC 30 days 1 7 days")
    }

    @Test(
        "an item that would be gone before its next run is a conflict",
        arguments: [
            ("6 hours", "5 hours", true), ("6 hours", "6 hours", false), ("day", "23 hours", true), ("day", "1 day", false),
            ("saturday", "3 days", true), ("saturday", "1 week", false), ("month on 1", "4 weeks", true),
            ("month on 1", "1 month", false), ("year in may", "364 days", true), ("year in may", "12 months", false),
        ])
    func tooShort(every: String, keep: String, isConflict: Bool) throws {
        let period: Period = try #require(Period(keep))
        let policy = Policy(items: [ScheduleItem(every: try Schedule(every), keep: period)])
        #expect(policy.conflicts == (isConflict ? [.goneBeforeTheNext(0)] : []))
    }

    @Test("a less frequent item is measured against the longest of the more frequent ones, never against its own kind")
    func lessFrequent() throws {
        let items = [
            ScheduleItem(every: .monthOn(.last), keep: Period(2, .months)),
            ScheduleItem(every: .day, keep: Period(10, .weeks)),
            ScheduleItem(every: .weekday(.monday), keep: Period(30, .weeks)),
            ScheduleItem(every: .weekday(.friday), keep: Period(20, .weeks)),
        ]
        #expect(Policy(items: items).conflicts == [.keptShorter(0, than: 2)])
    }

    @Test("twelve months are as long as 365 days, and shorter than 366")
    func yearAgainstDays() {
        let items = { (days: Int64) in
            [
                ScheduleItem(every: .day, keep: Period(days, .days)),
                ScheduleItem(every: .monthOn(.last), keep: Period(12, .months)),
            ]
        }
        #expect(Policy(items: items(365)).conflicts == [])
        #expect(Policy(items: items(366)).conflicts == [.keptShorter(1, than: 0)])
    }

    @Test("repeated items, two hour items, dates beside counts and rules for nothing are all found")
    func allConflicts() {
        let items = [
            ScheduleItem(every: .hours(6), keep: nil), ScheduleItem(every: .hours(2), keep: nil),
            ScheduleItem(every: .hours(6), keep: nil), ScheduleItem(every: .day, keep: Period(days: 7)),
        ]
        #expect(
            Policy(items: items, keepRules: KeepRules()).conflicts == [
                .secondHourItem(1), .twice(2, sameAs: 0), .datedAndCounted(3), .keepsNothing,
            ])
        #expect(Policy(items: [items[0]]).conflicts == [.howLong(0)])
        #expect(Policy(items: [items[0]], keepRules: KeepRules(tags: [["a"]])).conflicts == [])
    }

    @Test("a time of day has two digits on each side", arguments: ["00:00", "18:00", "23:59", "06:05"])
    func readsTimes(text: String) {
        #expect(TimeOfDay(text)?.description == text)
    }

    @Test(
        "no clock shows it",
        arguments: ["", "24:00", "18:60", "6pm", "18:0", "8:00", "18.00", "+1:00", "18:00:00", "１８:00", ":18000"])
    func refusesTimes(text: String) {
        #expect(TimeOfDay(text) == nil)
    }
}
