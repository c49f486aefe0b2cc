import HoldfastModel
import Testing

private typealias Case = DeletionFixture

/// The worked cases of `docs/RETENTION.md`, section 4, that ask about CMKs.
@Suite("May a CMK be deleted")
struct DeletionCaseTests {
    @Test("case 23: one K1 snapshot expires 2027-08-01, newer ones are under K2: not yet, exact")
    func dated() {
        let verdict = Case.verdict(Case.project([Case.snapshot(1, [K1])]), K1)
        #expect(verdict.answer == .blocked)
        #expect(verdict.when == .exact("2027-08-08"))
        #expect(verdict.blockers.map(\.departure.why) == ["expiry"])
    }

    @Test("a snapshot that the store keeps for longer than the policy is needed until the store lets go of it")
    func locked() {
        var snapshot = Case.snapshot(1, [K1])
        snapshot.lockedUntil = Case.time("2027-09-01")
        let verdict = Case.verdict(Case.project([snapshot]), K1)
        #expect(verdict.answer == .blocked)
        #expect(verdict.when == .exact("2027-09-01"))
        #expect(verdict.blockers.map(\.departure.why) == ["lock"])
        // One that lets go before the grace time is over changes nothing.
        snapshot.lockedUntil = Case.time("2027-08-01")
        #expect(Case.verdict(Case.project([snapshot]), K1).when == .exact("2027-08-08"))
    }

    @Test("in the trash it is needed until the store lets go of it as well")
    func lockedInTrash() {
        var snapshot = Case.snapshot(1, [K1])
        snapshot.purgeAfter = Case.time("2027-06-04")
        snapshot.lockedUntil = Case.time("2027-07-01")
        #expect(Case.verdict(Case.project([snapshot]), K1).when == .exact("2027-07-01"))
    }

    @Test("case 24: the newest snapshot is still K1's: not yet; projected, since the guard holds it until a new one exists")
    func guarded() {
        var reading = Case.project([Case.snapshot(1, [K1], expires: "2027-06-05")])
        reading.clusters[0].snapshots.removeLast()
        let verdict = Case.verdict(reading, K1)
        #expect(verdict.when == .init(kind: .projected, date: Case.time("2027-06-12")))
        #expect(verdict.blockers.map(\.departure.why) == ["guard"])
    }

    @Test("case 24: without a schedule no date, unless new snapshots are taken")
    func guardedForEver() {
        var reading = Case.project([Case.snapshot(1, [K1], expires: "2027-06-05")])
        reading.clusters[0].snapshots.removeLast()
        reading.clusters[0].retention.policy.items = []
        let verdict = Case.verdict(reading, K1)
        #expect(verdict.when == .init(kind: .never, date: nil))
        #expect(verdict.blockers.map(\.departure.why) == ["no-new-snapshots"])
    }

    @Test("case 25: K1 and the recovery CMK R: K1 is safe for good, R waits, both are blocked by the snapshot as well")
    func recovery() {
        var reading = Case.project([Case.snapshot(1, [K1, R])])
        reading.clusters[0].recovery = [R]
        #expect(Case.verdict(reading, K1).answer == .safeForGood)
        let recovery = Case.verdict(reading, R)
        #expect(recovery.when == .init(kind: .waiting, date: nil))
        #expect(recovery.blockers.map(\.type) == [.recovery])
        let both = Case.verdict(reading, K1, R)
        #expect(both.when == .init(kind: .waiting, date: Case.time("2027-08-08")))
        #expect(both.blockers.map(\.type) == [.recovery, .snapshot])
        #expect(both.blockers.map(\.keys) == [[R], [K1, R]])
    }

    @Test("case 26: a snapshot under K1 and K3: each is safe alone, not both: delete K1, keep one")
    func joint() {
        let events: [KeyRecord.Event] = [.activate(K2), .retire(K1), .retire(K3)]
        let reading = Case.project([Case.snapshot(1, [K1, K3])], events: events)
        let answer = DeletionCheck(reading, now: Case.now).which()
        #expect(answer.alone[K1]?.answer == .safeForGood)
        #expect(answer.alone[K3]?.answer == .safeForGood)
        #expect(Case.verdict(reading, K1, K3).answer == .blocked)
        #expect(answer.together.contains(K1) && !answer.together.contains(K3))
        #expect(answer.conflicts.map(\.keepOneOf) == [[K1, K3]])
        #expect(answer.conflicts.flatMap { $0.snapshots.map(\.id) } == [Case.id(1) as SnapshotID].map(\.hex))
        #expect(answer.inUse == [K2])
    }

    @Test(
        "case 27: a snapshot in progress that read the key log before K1 was retired blocks, however stale",
        arguments: [(0, true), (1, true), (2, true), (3, false), (9, false)])
    func inProgress(position: Int, isBlocked: Bool) {
        var reading = Case.project([])
        reading.clusters[0].openSnapshots = [.init(id: Case.id(7), position: position)]
        let verdict = Case.verdict(reading, K1)
        #expect(verdict.answer == (isBlocked ? .blocked : .safeForGood))
        #expect(verdict.blockers.map(\.type) == (isBlocked ? [.pin] : []))
        #expect(verdict.when == (isBlocked ? .init(kind: .waiting, date: nil) : nil))
    }

    @Test(
        "case 28: what is in the trash blocks until it is purged, also once its time is over",
        arguments: [("2027-06-04", "2027-06-04"), ("2027-05-20", "2027-06-01")])
    func trash(purgeAfter: String, until: String) {
        var snapshot = Case.snapshot(1, [K1], expires: "2027-05-01")
        snapshot.purgeAfter = Case.time(purgeAfter)
        let verdict = Case.verdict(Case.project([snapshot]), K1)
        #expect(verdict.when == .exact(until))
        #expect(verdict.blockers.map(\.type) == [.trash])
    }

    @Test("case 29: a cluster that cannot be read: unknown; with a K1 snapshot elsewhere: blocked, not before its date")
    func unreadable() {
        let dark = ProjectReading.Cluster(name: "eu", repository: Case.repository(2), problem: "unreachable", keyLog: nil)
        var reading = Case.project([])
        reading.clusters.append(dark)
        let unknown = Case.verdict(reading, K1)
        #expect(unknown.answer == .unknown)
        #expect(unknown.unknowns.map(\.why) == ["unreachable"])
        var needed = Case.project([Case.snapshot(1, [K1])])
        needed.clusters.append(dark)
        let blocked = Case.verdict(needed, K1)
        #expect(blocked.answer == .blocked && !blocked.isComplete)
        #expect(blocked.when == .init(kind: .notBefore, date: Case.time("2027-08-08")))
    }

    @Test("case 30: backups are off, so the guard is: exact; under count rules: never")
    func backupsOff() {
        var reading = Case.project([Case.snapshot(1, [K1])])
        reading.clusters[0].snapshots.removeLast()
        reading.clusters[0].retention.isBackupOn = false
        #expect(Case.verdict(reading, K1).when == .exact("2027-08-08"))
        reading.clusters[0].snapshots[0].expires = nil
        reading.clusters[0].retention.policy.keepRules = KeepRules(last: 3)
        #expect(Case.verdict(reading, K1).when == .init(kind: .never, date: nil))
    }

    @Test("case 31: superseded, then retired in one of two clusters: safe now; retired in both: safe for good")
    func retiredEverywhere() {
        let superseded: [KeyRecord.Event] = [.activate(K1), .activate(K2)]
        func answer(_ first: [KeyRecord.Event], _ second: [KeyRecord.Event]) -> DeletionVerdict.Answer {
            let clusters = [Case.cluster("app", 1, superseded + first), Case.cluster("eu", 2, superseded + second)]
            return Case.verdict(ProjectReading(clusters: clusters, keys: Case.keys()), K1).answer
        }
        #expect(answer([], []) == .safeNow)
        #expect(answer([.retire(K1)], []) == .safeNow)
        #expect(answer([.retire(K1)], [.retire(K1)]) == .safeForGood)
    }

    @Test("case 32: the active CMK waits, in every cluster where it is active, backups on or off")
    func active() {
        var reading = Case.project([])
        var off = Case.cluster("old", 2, [.activate(K2)])
        off.retention.isBackupOn = false
        reading.clusters.append(off)
        let verdict = Case.verdict(reading, K2)
        #expect(verdict.when?.kind == .waiting)
        #expect(verdict.blockers.filter { $0.type == .active }.map(\.cluster) == ["app", "old"])
    }

    @Test(
        "case 33: a K2 envelope beside K1's covers as K2's state allows",
        arguments: [
            (CMKState.enabled, DeletionVerdict.Answer.safeForGood), (.disabled, .blocked), (.pendingDeletion, .blocked),
            (.denied, .blocked), (.destroyed, .blocked), (.deleted, .blocked), (.pendingImport, .blocked),
            (.pendingReplicaDeletion, .blocked), (.creating, .blocked), (.unavailable, .blocked), (.unreachable, .unknown),
        ])
    func rewrapped(state: CMKState, answer: DeletionVerdict.Answer) {
        let reading = Case.project([Case.snapshot(1, [K1, K2])], states: [K2: state])
        #expect(Case.verdict(reading, K1).answer == answer)
    }

    @Test("case 34: a multi-Region CMK: safe while another member opens it; both members: blocked; the other disabled: blocked")
    func families() {
        let (us, eu) = (Case.cmk("us"), Case.cmk("eu"))
        func reading(_ replica: CMKState) -> ProjectReading {
            var reading = Case.project(
                [Case.snapshot(1, [us])], events: [.activate(us), .activate(K2), .retire(us), .retire(eu)])
            reading.keys[us] = .init(state: .enabled, family: [us, eu])
            reading.keys[eu] = .init(state: replica, family: [us, eu])
            return reading
        }
        #expect(Case.verdict(reading(.enabled), us).answer == .safeForGood)
        #expect(Case.verdict(reading(.enabled), us, eu).answer == .blocked)
        #expect(Case.verdict(reading(.disabled), us).answer == .blocked)
    }

    @Test("case 35: K1 is pending deletion and needed: blocked; what only a deleted CMK opens is lost, and blocks nothing")
    func lost() {
        let pending = Case.project([Case.snapshot(1, [K1])], states: [K1: .pendingDeletion])
        #expect(Case.verdict(pending, K1).answer == .blocked)
        let lost = Case.project([Case.snapshot(1, [K1])], states: [K1: .deleted])
        let verdict = Case.verdict(lost, K1)
        #expect(verdict.answer == .safeForGood)
        #expect(verdict.lost == [.init(cluster: "app", id: Case.id(1))])
    }

    @Test("case 36: a roster names a repository that nobody configured: unknown; listed under gone: safe for good")
    func notConfigured() {
        var reading = Case.project([], events: [.roster([Case.repository(1), Case.repository(9)]), .activate(K2), .retire(K1)])
        let verdict = Case.verdict(reading, K1)
        #expect(verdict.answer == .unknown)
        #expect(verdict.unknowns.map(\.why) == ["not-configured"])
        #expect(verdict.unknowns.map(\.cluster) == [nil])
        reading.gone = [Case.repository(9)]
        #expect(Case.verdict(reading, K1).answer == .safeForGood)
    }

    @Test("case 37: clocks that disagree make the date a projection, and change no verdict")
    func clockSkew() {
        for (snapshots, answer) in [([Case.snapshot(1, [K1])], DeletionVerdict.Answer.blocked), ([], .safeForGood)] {
            var reading = Case.project(snapshots)
            reading.clusters[0].clockSkew = ClockSkew(seconds: -1200)
            let verdict = Case.verdict(reading, K1)
            #expect(verdict.answer == answer)
            #expect(verdict.when?.kind == (answer == .blocked ? .projected : nil))
        }
    }

    @Test("case 38: a newer manifest, one without an envelope, an unreadable start record: unknown, all three")
    func unreadableParts() {
        var newer = Case.snapshot(1, [K2])
        newer.problem = "newer-format"
        #expect(Case.verdict(Case.project([newer]), K1).unknowns.map(\.why) == ["newer-format"])
        #expect(Case.verdict(Case.project([Case.snapshot(1, [])]), K1).unknowns.map(\.why) == ["no-envelope"])
        var unread = Case.project([])
        unread.clusters[0].openSnapshots = [.init(id: Case.id(7), position: nil)]
        let verdict = Case.verdict(unread, K1)
        #expect(verdict.answer == .unknown)
        #expect(verdict.unknowns.map(\.type) == [.pin])
    }

    @Test("a record of a later version in a key log is unknown")
    func laterKeyRecord() {
        let reading = Case.project([], events: [.activate(K2), .retire(K1), .unknown(kind: "revive")])
        #expect(Case.verdict(reading, K1).answer == .unknown)
    }

    @Test("a CMK on its way out covers nothing: announced, approved, scheduled, cancelled; withdrawn covers again")
    func leaving() {
        let announcement = Announcement(id: Case.id(1), home: Case.repository(1), cmks: [K3])
        let base: [KeyRecord.Event] = [.activate(K2), .retire(K1), .retire(K3)]
        let histories: [([KeyRecord.Event], DeletionVerdict.Answer)] = [
            ([], .safeForGood),
            ([.announce(announcement)], .blocked),
            ([.announce(announcement), .approve(announcement.id)], .blocked),
            ([.announce(announcement), .approve(announcement.id), .scheduled(K3, date: Case.now)], .blocked),
            ([.announce(announcement), .approve(announcement.id), .cancelled(K3)], .blocked),
            ([.announce(announcement), .approve(announcement.id), .withdraw(announcement.id)], .blocked),
            ([.announce(announcement), .withdraw(announcement.id)], .safeForGood),
        ]
        for (history, answer) in histories {
            let reading = Case.project([Case.snapshot(1, [K1, K3])], events: base + history)
            #expect(Case.verdict(reading, K1).answer == answer, "\(history)")
        }
    }

    @Test("a retired CMK that a forged record makes active again stays retired")
    func reactivated() {
        let reading = Case.project([], events: [.activate(K1), .activate(K2), .retire(K1), .activate(K1)])
        #expect(Case.verdict(reading, K1).answer == .safeForGood)
        #expect(Case.verdict(reading, K2).answer == .blocked)
    }

    @Test("that a CMK is deleted is the key manager's to say: what a key log calls deleted is asked about like any other")
    func whichAreDeleted() {
        let reading = Case.project([], events: [.activate(K2), .retire(K1), .deleted(K1)], states: [K3: .deleted])
        #expect(Set(DeletionCheck(reading, now: Case.now).which().alone.keys) == [K1, K2, R])
    }

    @Test("what others announced counts by the reading after the listing, retirements by the one before")
    func twoReadings() {
        let before = Case.log([.activate(K2), .retire(K1)])
        let announcement = Announcement(id: Case.id(1), home: Case.repository(1), cmks: [K3])
        var reading = Case.project([Case.snapshot(1, [K1, K3])])
        reading.clusters[0].keyLog = before
        reading.clusters[0].keyLogAfterwards = Case.log([.activate(K2), .retire(K1), .announce(announcement)])
        #expect(Case.verdict(reading, K1).answer == .blocked)
        var late = Case.project([])
        late.clusters[0].keyLog = Case.log([.activate(K2)])
        late.clusters[0].keyLogAfterwards = before
        #expect(Case.verdict(late, K1).answer == .safeNow)
    }
}
