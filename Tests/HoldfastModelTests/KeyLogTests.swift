import HoldfastModel
import Testing

@Suite("The key log, folded")
struct KeyLogTests {
    private let one: CMK
    private let two: CMK
    private let home: RepositoryID
    private let first: AnnouncementID
    private let second: AnnouncementID

    init() throws {
        one = try #require(CMK("local:ring/1"))
        two = try #require(CMK("local:ring/2"))
        home = try #require(RepositoryID(String(repeating: "0", count: 32)))
        first = try #require(AnnouncementID(String(repeating: "1", count: 32)))
        second = try #require(AnnouncementID(String(repeating: "2", count: 32)))
    }

    /// A log of these events; record n is written n seconds after 1970.
    private func log(_ events: KeyRecord.Event...) -> KeyLog {
        KeyLog(
            events.enumerated().map { n, event in
                KeyRecord(n: n, at: Timestamp(seconds: Int64(n)), by: "admin", event: event)
            })
    }

    private func announce(_ id: AnnouncementID, _ cmks: [CMK]) -> KeyRecord.Event {
        .announce(Announcement(id: id, home: home, cmks: cmks))
    }

    /// A log told as states: n, CMK and state, with no number left out.
    private func log(_ lines: [(CMK, KeyLog.State)]) -> KeyLog {
        KeyLog(states: lines.enumerated().map { KeyLog.StateLine(n: $0, change: ($1.0, $1.1)) })
    }

    @Test("told as states, the newest active CMK is active, and no longer once it is anything else")
    func toldActive() {
        #expect(log([(one, .active), (two, .active)]).active == two)
        #expect(log([(one, .active), (one, .retired)]).active == nil)
        #expect(log([(one, .active), (two, .active), (two, .retired)]).active == nil)
        #expect(log([(one, .retired), (one, .active)]).active == one)
    }

    @Test(
        "told as states, a CMK is what its last line says, and leaving from its announcement on",
        arguments: [
            ([.active], false, false), ([.retired], true, false), ([.retired, .announced], true, true),
            ([.scheduled], true, true), ([.deleted], true, true), ([.announced, .retired], true, false),
            ([.deleted, .active], false, false),
        ] as [([KeyLog.State], Bool, Bool)])
    func toldStates(states: [KeyLog.State], isRetired: Bool, isLeaving: Bool) {
        let log = log([(two, .active)] + states.map { (one, $0) } + [(two, .active)])
        #expect(log.isRetired(one) == isRetired)
        #expect(log.leaving.contains(one) == isLeaving)
        #expect(log.deleted.contains(one) == (states.last == .deleted))
        #expect(log.named == [one, two])
    }

    @Test("told as states, lines count by their number, and so does the first retirement")
    func toldNumbers() {
        let log = KeyLog(states: [
            .init(n: 7, change: (one, .announced)), .init(n: 2, change: (one, .active), roster: [home]),
            .init(n: 5, change: (one, .retired)), .init(n: 6, change: (two, .active)),
        ])
        #expect(log.active == two && log.roster == [home])
        #expect(log.mayCommit(under: one, from: 4) && !log.mayCommit(under: one, from: 5))
    }

    @Test("an empty log has nothing active and ends before 0")
    func empty() {
        #expect(log().position == -1)
        #expect(log().active == nil)
        #expect(log().named.isEmpty)
    }

    @Test("the last activated CMK is active, since its record")
    func activation() {
        let rotated = log(.roster([home]), .activate(one), .activate(two))
        #expect(rotated.active == two)
        #expect(rotated.activeSince == Timestamp(seconds: 2))
        #expect(rotated.position == 2)
    }

    @Test("W1: a retired CMK never becomes active again")
    func retiredForGood() {
        let log = log(.activate(one), .activate(two), .retire(one), .activate(one))
        #expect(log.active == two)
        #expect(log.activeSince == Timestamp(seconds: 1))
        #expect(log.isRetired(one))
    }

    @Test("the active CMK cannot be retired")
    func activeStays() {
        let log = log(.activate(one), .retire(one))
        #expect(log.active == one)
        #expect(!log.isRetired(one))
    }

    @Test("the first retirement is the one that counts")
    func firstRetirement() {
        let log = log(.activate(one), .activate(two), .retire(one), .barrier, .retire(one))
        #expect(log.retired == [one: 2])
    }

    @Test("a CMK can be retired where it was never active")
    func retiredElsewhere() {
        #expect(log(.roster([home]), .retire(one)).isRetired(one))
    }

    @Test(
        "a writer may commit under a CMK that was not retired before it last read the log",
        arguments: [(-1, true), (0, true), (1, true), (2, false), (3, false)])
    func mayCommit(position: Int, expected: Bool) {
        let log = log(.activate(one), .activate(two), .retire(one), .barrier)
        #expect(log.mayCommit(under: one, from: position) == expected)
        #expect(log.mayCommit(under: two, from: position))
    }

    @Test("nobody commits under a CMK that the log does not name")
    func unnamed() throws {
        let other = try #require(CMK("local:ring/3"))
        #expect(!log(.activate(one)).mayCommit(under: other, from: 0))
    }

    @Test("the newest barrier counts")
    func barrier() {
        #expect(log(.activate(one)).newestBarrier == nil)
        #expect(log(.activate(one), .barrier, .activate(two), .barrier).newestBarrier == 3)
    }

    @Test("the roster is the union of all roster records")
    func roster() throws {
        let other = try #require(RepositoryID(String(repeating: "a", count: 32)))
        #expect(log(.roster([home]), .barrier, .roster([other, home])).roster == [home, other])
    }

    @Test("between approve and withdraw of one announcement the first wins")
    func firstDecision() {
        let approved = log(announce(first, [one]), .approve(first), .withdraw(first))
        #expect(approved.approved == [first])
        #expect(approved.withdrawn.isEmpty)
        let withdrawn = log(announce(first, [one]), .withdraw(first), .approve(first))
        #expect(withdrawn.approved.isEmpty)
        #expect(withdrawn.withdrawn == [first])
    }

    @Test("a decision names one announcement, not its CMK")
    func decisionsByID() {
        let log = log(announce(first, [one]), .withdraw(first), announce(second, [one]), .approve(second))
        #expect(log.withdrawn == [first])
        #expect(log.approved == [second])
        #expect(log.leaving == [one])
    }

    @Test("an announcement's id stands for its first record")
    func announcedTwice() {
        let log = log(announce(first, [one]), announce(first, [two]))
        #expect(log.announcements.map(\.cmks) == [[one]])
    }

    @Test("announced CMKs are leaving until their announcement is withdrawn")
    func leaving() {
        #expect(log(announce(first, [one, two])).leaving == [one, two])
        #expect(log(announce(first, [one]), .withdraw(first)).leaving.isEmpty)
        #expect(log(announce(first, [one]), .withdraw(first), announce(second, [one])).leaving == [one])
    }

    @Test("a CMK once approved is never a cover again, even when its deletion was cancelled")
    func cancelled() {
        let scheduled = log(
            announce(first, [one]), .approve(first), .scheduled(one, date: Timestamp(seconds: 99)))
        #expect(scheduled.scheduled == [one: Timestamp(seconds: 99)])
        let cancelled = log(
            announce(first, [one]), .approve(first), .scheduled(one, date: Timestamp(seconds: 99)), .cancelled(one))
        #expect(cancelled.scheduled.isEmpty)
        #expect(cancelled.cancelled == [one])
        #expect(cancelled.leaving == [one])
        #expect(log(.cancelled(one)).leaving == [one])
    }

    @Test("a deleted CMK is gone for good")
    func deleted() {
        let log = log(.deleted(one))
        #expect(log.deleted == [one])
        #expect(log.leaving == [one])
    }

    @Test("every CMK that any record names is named, withdrawn ones too")
    func named() {
        #expect(log(.activate(one), announce(first, [two]), .withdraw(first)).named == [one, two])
        #expect(log(.retire(two)).named == [two])
    }

    @Test("unknown kinds are remembered and change nothing else")
    func unknown() {
        let log = log(.activate(one), .unknown(kind: "freeze"))
        #expect(log.unknownKinds == ["freeze"])
        #expect(log.active == one)
    }
}
