import HoldfastModel
import Testing

private typealias Case = RetentionFixture

@Suite("Until when count rules are likely to keep a snapshot")
struct LikelyEndTests {
    private static let rules = KeepRules(last: 2, counts: [.hourly: 24, .daily: 14, .weekly: 5, .monthly: 12])

    @Test(
        "the last one of a bucket is kept for as many buckets, the others while they are among the last",
        arguments: [
            ("2027-06-09T10:00:00Z", "2027-06-10T10:00:00Z"), ("2027-06-09T23:00:00Z", "2027-06-23T23:00:00Z"),
            // A Sunday, and the end of a month.
            ("2027-06-13T23:00:00Z", "2027-07-18T23:00:00Z"), ("2027-06-30T23:00:00Z", "2028-06-30T23:00:00Z"),
        ])
    func hourly(time: String, end: String) throws {
        let policy = Case.policy(["hour"], rules: Self.rules)
        #expect(policy.likelyEnd(of: try #require(Timestamp(time))) == Timestamp(end))
    }

    @Test("between two instants of one bucket only the number of the last ones counts")
    func amidst() throws {
        let policy = Case.policy(["day"], rules: KeepRules(last: 3, counts: [.monthly: 12]))
        let time = try #require(Timestamp("2027-06-09T18:00:00Z"))
        #expect(policy.likelyEnd(of: time) == time + 3 * 86_400)
    }

    @Test("periods count from the snapshot; nothing is known without rules, or without a schedule")
    func others() throws {
        let time = try #require(Timestamp("2027-06-09T18:00:00Z"))
        let rules = KeepRules(within: Period(days: 9), withinBuckets: [.yearly: Period(days: 200), .daily: Period(days: 2)])
        #expect(Case.policy(["day"], rules: rules).likelyEnd(of: time) == time + 9 * 86_400)
        #expect(Case.policy(["day: 7 days"]).likelyEnd(of: time) == nil)
        #expect(Case.policy([], rules: rules).likelyEnd(of: time) == nil)
    }
}
