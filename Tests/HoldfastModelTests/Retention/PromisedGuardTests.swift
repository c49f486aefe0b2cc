import HoldfastModel
import Testing

private typealias Case = RetentionFixture

@Suite("The guard that compliance promises")
struct PromisedGuardTests {
    private static let promise = Compliance(minKeep: Period(days: 5), grace: Period(days: 7), keepMin: 2)
    private static let snapshots = ["2027-01-01", "2027-01-02", "2027-01-03"].enumerated().map {
        Case.snapshot($0 + 1, $1, expires: "2027-01-20")
    }

    /// The policy says to keep more than is promised.
    private var policy: Policy { Case.policy(["day: 7 days"], keepMin: 3).obeyed(under: Self.promise) }

    @Test("keeps with backups off what was promised, and no more")
    func off() {
        #expect(Case.kept(Self.snapshots, policy, backupsAreOn: true) == [1: [.guard], 2: [.guard], 3: [.guard]])
        #expect(Case.kept(Self.snapshots, policy, backupsAreOn: false) == [1: [], 2: [.guard], 3: [.guard]])
    }

    @Test("has no end with backups off: what it keeps goes never")
    func never() {
        #expect(
            Case.departures(Self.snapshots, policy, isBackupOn: false) == [
                1: .on("2027-06-08", .exact, "expiry"), 2: .none("promised"), 3: .none("promised"),
            ])
    }

    @Test("is no reason where only the policy's own guard keeps one, of which no more is taken: that may be forgotten")
    func policyAlone() {
        let departures = Case.departures(Self.snapshots, policy, isBackupOn: true, sources: [])
        #expect(departures == [1: .none("no-new-snapshots"), 2: .none("promised"), 3: .none("promised")])
    }

    @Test("stands in a simulation with backups off")
    func simulated() {
        let simulation = Simulation(
            Self.snapshots, purgeAfter: [:], until: Case.time("2028-06-01"),
            under: .init(policy: policy, isBackupOn: false, now: Case.time("2027-06-01")))
        #expect(simulation.rows.last?.live == 2)
    }
}
