import HoldfastModel
import Testing

private typealias Case = RetentionFixture

/// What a prune stops at until somebody says `--yes`.
@Suite("The date of a snapshot that no prune condemns unasked")
struct ConfirmationTests {
    private static let waiting = DeletionDeparture(date: nil, certainty: .waiting, why: "confirm")

    @Test("where much of a group would go before its date there is none")
    func excess() {
        let snapshots = (1...9).map { Case.snapshot($0, "2027-05-0\($0)") }
        let departures = Case.departures(snapshots, Case.policy(["day"], rules: KeepRules(last: 2)))
        #expect((1...7).allSatisfy { departures[$0] == Self.waiting }, "\(departures)")
        #expect(departures[8] == .on("2027-06-09", .projected, "rules"))
    }

    @Test("a group that stays within the limit waits all the same: the prune of its cluster does nothing at all")
    func beside() {
        let snapshots = (1...9).map { Case.snapshot($0, "2027-05-0\($0)") }
        var other = Case.snapshot(20, "2027-01-01", expires: "2027-01-08")
        other = KeepSubject(
            id: other.id, group: SnapshotGroup(cluster: "shop", node: "db2", source: "data"), time: other.time,
            expires: other.expires, cmks: other.cmks)
        let policy = Case.policy(["day"], rules: KeepRules(last: 2))
        #expect(Case.departures(snapshots + [other], policy, isBackupOn: false)[20] == Self.waiting)
        #expect(Case.departures([other], policy, isBackupOn: false)[20] == .on("2027-06-08", .exact, "expiry"))
    }

    @Test(
        "of a source of which the last ones are damaged there is none without a schedule, before they expire and after",
        arguments: ["2027-05-01", "2027-07-01"])
    func ending(expires: String) {
        let snapshots = [
            Case.snapshot(1, "2027-04-01", expires: "2027-04-08", isDamaged: true),
            Case.snapshot(2, "2027-04-02", expires: expires, isDamaged: true),
        ]
        let departures = Case.departures(snapshots, Case.policy([]))
        #expect(departures[2] == Self.waiting)
        #expect(departures[1] == (expires < "2027-06-01" ? Self.waiting : .on("2027-06-08", .exact, "expiry")))
        #expect(Case.departures(snapshots, Case.policy([]), isBackupOn: false)[2]?.certainty == .exact)
    }

    @Test(
        "with a schedule its next snapshot takes their place: projected, for then or for their expiry",
        arguments: [("2027-05-01", "2027-06-09"), ("2027-07-01", "2027-07-08")])
    func replaced(expires: String, goes: String) {
        let snapshots = [Case.snapshot(1, "2027-04-01", expires: expires, isDamaged: true)]
        #expect(Case.departures(snapshots, Case.policy(["day: 7 days"]))[1] == .on(goes, .projected, "expiry"))
    }
}
