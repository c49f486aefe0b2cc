import HoldfastModel
import Testing

private typealias Case = DeletionFixture

@Suite("What deserves an alert")
struct AlertCheckTests {
    private func alerts(
        _ reading: ProjectReading, now: Timestamp = Case.now, rotateEvery: Period? = nil,
        deletionDates: [CMK: Timestamp] = [:], remembered: AlertRound.Memory = [:], failed: Set<String> = [],
        silences: [String: KeyManagerSilence] = [:]
    ) -> [Alert] {
        AlertCheck(
            reading,
            under: .init(
                now: now, rotateEvery: rotateEvery, deletionDates: deletionDates, remembered: remembered, failedClusters: failed,
                silences: silences)
        ).alerts
    }

    private func told(_ alerts: [Alert]) -> [String] { alerts.map { "\($0.level.rawValue) \($0.identity.kind.rawValue)" } }

    @Test("a sound project has none, but for the retired CMK that nothing needs")
    func sound() {
        #expect(told(alerts(Case.project([Case.snapshot(1, [K1])]))) == [])
        #expect(told(alerts(Case.project([]))) == ["info retired-unneeded"])
    }

    @Test(
        "an old CMK that a snapshot needs is as loud as the active one",
        arguments: [
            (CMKState.pendingDeletion, "critical cmk-pending-deletion"),
            (.pendingReplicaDeletion, "critical cmk-pending-deletion"),
            (.disabled, "critical cmk-disabled"), (.pendingImport, "critical cmk-disabled"),
            (.creating, "critical cmk-disabled"), (.unavailable, "critical cmk-disabled"),
            (.denied, "critical cmk-access-revoked"), (.deleted, "critical snapshot-lost"),
            (.unreachable, "warning cmk-unreachable"),
        ])
    func needed(state: CMKState, alert: String) {
        #expect(told(alerts(Case.project([Case.snapshot(1, [K1])], states: [K1: state]))) == [alert])
        #expect(told(alerts(Case.project([], states: [K2: state]))).contains(alert))
    }

    @Test("a CMK on its way out that nothing needs is no threat")
    func unneeded() {
        #expect(alerts(Case.project([], states: [K1: .pendingDeletion])).isEmpty)
        #expect(alerts(Case.project([Case.snapshot(1, [K1, K2])], states: [K1: .pendingDeletion])).isEmpty)
    }

    @Test(
        "a CMK on its way out is a threat where what could not be read may need it; one that is disabled waits",
        arguments: [CMKState.pendingDeletion, .pendingReplicaDeletion, .disabled])
    func unknownNeed(state: CMKState) throws {
        var reading = Case.project([], states: [K1: state])
        reading.clusters.append(Case.cluster("eu", 2))
        reading.clusters[1].problem = "unreachable"
        let found = alerts(reading)
        let isPending = state != .disabled
        #expect(
            told(found).contains("critical cmk-pending-deletion") == isPending && !told(found).contains("critical cmk-disabled"))
        #expect(found.contains { $0.message.contains("what could not be read may need it") } == isPending)
    }

    @Test("a pending deletion says when, how many snapshots die, and how to take it back")
    func pending() throws {
        let reading = Case.project([Case.snapshot(1, [K1]), Case.snapshot(2, [K1])], states: [K1: .pendingDeletion])
        let alert = try #require(alerts(reading, deletionDates: [K1: Case.time("2027-06-20")]).first)
        #expect(alert.message.contains("2027-06-20") && alert.message.contains("2 snapshots"))
        #expect(alert.next == ["holdfast keys cancel-deletion \(K1)", "holdfast keys enable \(K1)"])
    }

    @Test("a pending deletion whose date has passed is told as that: it may happen at any moment")
    func overdue() throws {
        let reading = Case.project([Case.snapshot(1, [K1])], states: [K1: .pendingDeletion])
        let alert = try #require(alerts(reading, deletionDates: [K1: Case.now + -60]).first)
        #expect(alert.message.contains("\(K1) was to be deleted on ") && alert.message.contains("at any moment"))
        #expect(alert.next == ["holdfast keys cancel-deletion \(K1)", "holdfast keys enable \(K1)"])
    }

    @Test("a keyring that is damaged is told as that, with its file and what to do, and is no outage to wait for")
    func damagedKeyring() throws {
        let reading = Case.project([Case.snapshot(1, [K1])], states: [K1: .unreachable])
        let damage = KeyManagerSilence(reason: "the keyring /srv/keyring.json is damaged: not JSON", remedy: "put back a copy")
        let alert = try #require(alerts(reading, silences: [K1.scheme: damage]).first)
        #expect(alert.identity.kind == .cmkUnreachable)
        #expect(alert.message.contains("the keyring /srv/keyring.json is damaged: not JSON"))
        #expect(alert.next == ["put back a copy"])
        let silent = try #require(alerts(reading, silences: [K1.scheme: KeyManagerSilence(reason: "no file")]).first)
        #expect(silent.message.contains("has not answered since"))
    }

    @Test(
        "a CMK out of reach is critical after a day, or at once where a snapshot failed for it",
        arguments: [0, 23, 24] as [Int64])
    func outage(hours: Int64) throws {
        let reading = Case.project([Case.snapshot(1, [K1])], states: [K1: .unreachable])
        let since = Case.now + -hours * 3600
        let memory: AlertRound.Memory = [
            .init(kind: .cmkUnreachable, subject: K1.uri): .init(level: .warning, message: "", since: since, toldAt: since)
        ]
        #expect(alerts(reading, remembered: memory).first?.level == (hours >= 24 ? .critical : .warning))
        let active = Case.project([], states: [K2: .unreachable])
        #expect(alerts(active, failed: ["app"]).first?.level == .critical)
        #expect(alerts(active, failed: ["eu"]).first?.level == .warning)
    }

    @Test("of a family in which one member answers the other is no danger, and is named where it is")
    func family() throws {
        var reading = Case.project([Case.snapshot(1, [K1])], states: [K1: .unreachable])
        reading.keys[K1] = .init(state: .unreachable, family: [K1, K3])
        #expect(alerts(reading).isEmpty)
    }

    @Test("rotating is due after the time that the project says, and never where it says off")
    func rotation() {
        let reading = Case.project([Case.snapshot(1, [K1])])
        let due = Period(days: 90).after(Case.time("2027-01-01"))
        #expect(told(alerts(reading, now: due + -1, rotateEvery: Period(days: 90))) == [])
        #expect(told(alerts(reading, now: due, rotateEvery: Period(days: 90))) == ["info rotation-due"])
        #expect(told(alerts(reading, now: due)) == [])
    }

    @Test("a snapshot that only the guard keeps says that backups have stopped, and that a source which is gone ends with forget")
    func guarded() {
        var reading = Case.project([Case.snapshot(1, [K2], expires: "2027-05-05")])
        reading.clusters[0].snapshots.removeLast()
        let alert = alerts(reading).first { $0.identity.kind == .guardHolding }
        let id = reading.clusters[0].snapshots[0].id.short
        #expect(alert?.level == .warning && alert?.next.contains { $0.hasSuffix("holdfast forget --cluster app \(id)") } == true)
        reading.clusters[0].retention.isBackupOn = false
        #expect(!told(alerts(reading)).contains("warning guard-holding"))
    }

    @Test("a recovery CMK that a key log calls retired is told: new snapshots do not open with it")
    func retiredRecovery() throws {
        var reading = Case.project([Case.snapshot(1, [K1])])
        reading.clusters[0].recovery = [K1]
        let alert = try #require(alerts(reading).first)
        #expect(alert.identity == .init(kind: .recoveryRetired, subject: K1.uri) && alert.level == .critical)
        reading.clusters[0].recovery = [K3]
        #expect(!told(alerts(reading)).contains("critical recovery-retired"))
    }

    @Test("a recovery CMK that does not open the newest snapshot of a source is told, be it that an older one opens with it")
    func leftOutRecovery() throws {
        var reading = Case.project([Case.snapshot(1, [K2, K3])])
        reading.clusters[0].recovery = [K3]
        let told = { self.alerts(reading).first { $0.identity.kind == .recoveryLeftOut } }
        #expect(told()?.identity.subject == K3.uri && told()?.level == .warning)
        reading.clusters[0].snapshots[1].laterEnvelopes = [K3]
        #expect(told() == nil)
        reading.clusters[0].snapshots[1].laterEnvelopes = []
        reading.clusters[0].snapshots[1].purgeAfter = reading.clusters[0].snapshots[1].time
        #expect(told() == nil)
    }

    @Test("a CMK retired in one cluster and not in another is told")
    func halfRetired() {
        let roster = KeyRecord.Event.roster([Case.repository(1), Case.repository(2)])
        var reading = Case.project(
            [Case.snapshot(1, [K1])], events: [roster, .activate(K1), .activate(K2), .retire(K1)])
        reading.clusters.append(Case.cluster("eu", 2, [roster, .activate(K1), .activate(K2)]))
        #expect(told(alerts(reading)) == ["warning retired-not-everywhere"])
    }

    @Test("a repository that a key log of the project does not name is told, and which log that is")
    func rosters() throws {
        var reading = Case.project([Case.snapshot(1, [K1])])
        let roster = KeyRecord.Event.roster([Case.repository(1), Case.repository(2)])
        reading.clusters.append(Case.cluster("eu", 2, [roster, .activate(K1), .activate(K2), .retire(K1)]))
        let found = alerts(reading)
        #expect(told(found) == ["critical roster-incomplete"])
        let alert = try #require(found.first)
        #expect(
            alert.identity.subject == "eu" && alert.message.hasPrefix("the key log of app does not name the repository of eu"))
        reading.clusters[0].keyLog = nil
        #expect(!told(alerts(reading)).contains("critical roster-incomplete"))
    }

    @Test("what cannot be read is critical, as is a repository that nobody configured")
    func unreadable() {
        var reading = Case.project([Case.snapshot(1, [K1])])
        reading.clusters[0].problem = "unreachable"
        #expect(told(alerts(reading)) == ["critical unreadable"])
        let roster: [KeyRecord.Event] = [.roster([Case.repository(1), Case.repository(9)]), .activate(K2)]
        #expect(told(alerts(Case.project([Case.snapshot(1, [K2])], events: roster))) == ["critical unreadable"])
    }

    @Test("clocks that differ by more than five minutes are told", arguments: [300, 301, -301])
    func clocks(skew: Int64) {
        var reading = Case.project([Case.snapshot(1, [K1])])
        reading.clusters[0].clockSkew = ClockSkew(seconds: skew)
        #expect(told(alerts(reading)) == (abs(skew) > 300 ? ["warning clock-skew"] : []))
    }

    @Test("the most urgent comes first")
    func order() {
        var reading = Case.project([Case.snapshot(1, [K1])], states: [K1: .disabled])
        reading.clusters[0].clockSkew = ClockSkew(seconds: 900)
        #expect(told(alerts(reading)) == ["critical cmk-disabled", "warning clock-skew"])
    }
}
