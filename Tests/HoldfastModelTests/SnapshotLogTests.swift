import HoldfastModel
import Testing

@Suite("A snapshot's log, folded")
struct SnapshotLogTests {
    private static let start = SnapshotStart(cluster: "c", node: "n", source: "s", base: nil, keyLogPosition: 1)
    private static let day = Timestamp(seconds: 86_400)
    private static let later = Timestamp(seconds: 10 * 86_400)

    private let id: SnapshotID
    private let header: ManifestHeader

    init() throws {
        id = try #require(SnapshotID(String(repeating: "0", count: 32)))
        header = ManifestHeader(
            start: try #require(Digest(String(repeating: "0", count: 64))), cluster: "c", node: "n", source: "s",
            time: Self.day, started: Self.day, finished: Self.day, expires: Self.day, base: nil, barrier: nil,
            keyLogPosition: 1, bytesRead: 0, bytesNew: 0, bytesStored: 0, files: 0, incomplete: 0, envelopes: [], tool: "t")
    }

    enum Outcome: Sendable { case none, manifest, aborted, unreadable }

    private func log(
        _ outcome: Outcome = .manifest, _ events: [SnapshotRecord.Event] = [], start: SnapshotStart? = Self.start,
        startProblem: String? = nil
    ) -> SnapshotLog {
        let read: SnapshotLog.Outcome =
            switch outcome {
            case .none: .none
            case .manifest: .manifest(header)
            case .aborted: .aborted(reason: "gave up")
            case .unreadable: .unreadable("later version")
            }
        let records = events.enumerated().map { index, event in
            SnapshotRecord(n: index + 2, at: Timestamp(seconds: Int64(index)), by: "admin", event: event)
        }
        return SnapshotLog(
            id: id, start: start, startProblem: startProblem, outcome: read, records: records, length: records.count + 2)
    }

    @Test("a lock only ever moves later, and keeps what is condemned until then")
    func lock() throws {
        #expect(log().lockedUntil == nil)
        let (first, second) = (Self.day + 5 * 86_400, Self.day + 9 * 86_400)
        #expect(log(.manifest, [.locked(until: second), .locked(until: first)]).lockedUntil == second)
        var locked = header
        locked.lock = SnapshotLock(until: first, packsUntil: second)
        let held = SnapshotLog(id: id, start: Self.start, outcome: .manifest(locked), length: 2)
        #expect(held.lockedUntil == first && held.packsLockedUntil == second)
        let grace = try #require(Period("1 days"))
        #expect(held.purgeAfter(condemnedAt: Self.day, grace) == first)
        #expect(held.purgeAfter(condemnedAt: first, grace) == first + 86_400)
        #expect(SeenSnapshot(held, sum: nil, trashEnd: nil, under: nil).expires == first)
    }

    @Test(
        "a snapshot's packs are locked a day longer than itself, or as long as its base has them if that is enough and less",
        arguments: [(nil, 11), (9, 11), (10, 10), (10 + 1, 11), (300, 11)] as [(Int64?, Int64)])
    func slack(base: Int64?, packs: Int64) {
        let day = { (number: Int64) in Timestamp(seconds: number * 86_400) }
        let lock = SnapshotLock(expires: day(10), base: base.map(day))
        #expect(lock == SnapshotLock(until: day(10), packsUntil: day(packs)))
    }

    private static let condemned = SnapshotRecord.Event.condemned(rule: "daily", purgeAfter: later)

    @Test(
        "what stands in the log decides its state",
        arguments: [
            (.none, [], .open),
            (.aborted, [], .aborted),
            (.manifest, [], .live),
            (.manifest, [condemned], .trash),
            (.manifest, [condemned, .undeleted(until: nil, hold: nil)], .live),
            (.manifest, [condemned, .undeleted(until: nil, hold: nil), condemned], .trash),
            (.manifest, [condemned, .deleting], .deleting),
            (.manifest, [condemned, .hold("audit")], .trash),
            (.manifest, [.unknown(kind: "x")], .live),
            (.unreadable, [], .unreadable("later version")),
            (.unreadable, [condemned], .unreadable("later version")),
            (.unreadable, [condemned, .deleting], .deleting),
        ] as [(Outcome, [SnapshotRecord.Event], SnapshotLog.State)])
    func states(outcome: Outcome, events: [SnapshotRecord.Event], state: SnapshotLog.State) {
        #expect(log(outcome, events).state == state)
    }

    @Test("without its start record everything else is void", arguments: [Outcome.none, .manifest, .aborted, .unreadable])
    func void(outcome: Outcome) {
        let log = log(outcome, [Self.condemned, .deleting], start: nil)
        #expect(log.state == .void)
        #expect(!log.exists)
        #expect(!log.isFinal)
    }

    @Test("a start record that cannot be read is not an absent one")
    func unreadableStart() {
        let log = log(start: nil, startProblem: "record 0: damaged")
        #expect(log.state == .unreadable("record 0: damaged"))
        #expect(log.exists)
        #expect(!log.isFinal)
    }

    @Test(
        "aborted and deleting are final; live, condemned and unreadable snapshots exist",
        arguments: [
            (.none, [], false, false),
            (.aborted, [], true, false),
            (.manifest, [], false, true),
            (.manifest, [condemned], false, true),
            (.manifest, [condemned, .deleting], true, false),
            (.unreadable, [], false, true),
        ] as [(Outcome, [SnapshotRecord.Event], Bool, Bool)])
    func existence(outcome: Outcome, events: [SnapshotRecord.Event], isFinal: Bool, exists: Bool) {
        let log = log(outcome, events)
        #expect(log.isFinal == isFinal)
        #expect(log.exists == exists)
    }

    struct TrashEnd: Sendable {
        var outcome = Outcome.manifest
        var events: [SnapshotRecord.Event] = [condemned]
        var recorded: Int64 = 1
        var graceDays: UInt8 = 1
        var minKeepDays: UInt8?
        /// Days from the beginning; nil: no date.
        let end: Int64?
    }

    @Test(
        "its time in the trash is over by the latest of all that keeps it there; compliance keeps what has no date as well",
        arguments: [
            TrashEnd(events: [], end: nil),
            TrashEnd(end: 10),
            TrashEnd(recorded: 8, graceDays: 3, end: 11),
            TrashEnd(events: [condemned, .locked(until: Timestamp(seconds: 12 * 86_400))], end: 12),
            TrashEnd(events: [condemned, .hold("audit")], end: 10),
            TrashEnd(minKeepDays: 5, end: 10),
            TrashEnd(minKeepDays: 20, end: 21),
            TrashEnd(
                events: [.expiry(Timestamp(seconds: 30 * 86_400), byPolicy: false), .expiry(later, byPolicy: false), condemned],
                minKeepDays: 20, end: 30),
            TrashEnd(outcome: .unreadable, end: 10),
            TrashEnd(outcome: .unreadable, minKeepDays: 20, end: nil),
        ])
    func trashEnd(_ example: TrashEnd) {
        var policy = Policy()
        policy.grace = Period(days: example.graceDays)
        let promise = example.minKeepDays.map { Compliance(minKeep: Period(days: $0), grace: Period(days: 1), keepMin: 1) }
        let terms = RetentionTerms(policy, under: promise, isTimeGiven: false)
        let log = log(example.outcome, example.events)
        let recorded = Timestamp(seconds: example.recorded * 86_400)
        #expect(log.trashEnd(recorded: recorded, under: terms) == example.end.map { Timestamp(seconds: $0 * 86_400) })
    }

    @Test(
        "a condemnation is obeyed where nothing that stands behind it is, or may be, a hold",
        arguments: [
            ([condemned], 0, true), ([], 0, false), ([condemned, .hold("audit")], 0, false),
            ([condemned, .hold("audit"), .release("audit")], 0, true), ([condemned, .unknown(kind: "x")], 0, false),
            ([condemned], 1, false),
        ] as [([SnapshotRecord.Event], Int, Bool)])
    func letGo(events: [SnapshotRecord.Event], unreadCount: Int, isLetGo: Bool) {
        var log = log(.manifest, events)
        log.length += unreadCount
        #expect(log.isLetGo == isLetGo)
        let seen = SeenSnapshot(log, sum: nil, trashEnd: log.condemnation.map { _ in Self.later }, under: nil)
        #expect(seen.isCondemned == isLetGo && seen.expires == (isLetGo ? Self.later : events.isEmpty ? Self.day : nil))
    }

    @Test("the last condemnation counts, until it is taken back")
    func condemnation() {
        let log = log(.manifest, [Self.condemned, .condemned(rule: "weekly", purgeAfter: Self.day)])
        #expect(log.condemnation?.rule == "weekly")
        #expect(log.condemnation?.purgeAfter == Self.day)
        #expect(log.condemnation?.at == Timestamp(seconds: 1))
        #expect(self.log(.manifest, [Self.condemned, .undeleted(until: nil, hold: nil)]).condemnation == nil)
    }

    @Test("holds stand until they are released by name")
    func holds() {
        #expect(log(.manifest, [.hold("a"), .hold("b"), .release("a")]).holds == ["b"])
        #expect(log(.manifest, [.hold("a"), .hold("a"), .release("a")]).holds.isEmpty)
        #expect(log(.manifest, [.release("a"), .hold("a")]).holds == ["a"])
        #expect(log(.manifest, [Self.condemned, .undeleted(until: nil, hold: "c")]).holds == ["c"])
    }

    @Test("the expiry is the header's, or the last one set by hand")
    func expiry() {
        #expect(log().expires == Self.day)
        #expect(log(.manifest, [.expiry(Self.later, byPolicy: false)]).expires == Self.later)
        #expect(log(.manifest, [.undeleted(until: Self.later, hold: nil)]).expires == Self.later)
        #expect(log(.manifest, [.expiry(Self.later, byPolicy: false), .undeleted(until: nil, hold: "a")]).expires == Self.later)
        #expect(log(.manifest, [.expiry(Self.later, byPolicy: false), .expiry(Self.day, byPolicy: false)]).expires == Self.day)
        #expect(log(.none).expires == nil)
    }

    @Test("of damaged and sound the later one counts")
    func damage() {
        #expect(!log().isDamaged)
        #expect(log(.manifest, [.damaged(detail: "pack")]).isDamaged)
        #expect(!log(.manifest, [.damaged(detail: "pack"), .sound]).isDamaged)
        #expect(log(.manifest, [.sound, .damaged(detail: "pack")]).isDamaged)
    }

    @Test("of what was found the later record tells, with the packs that it names") func foundDamage() throws {
        let pack = try #require(Digest(String(repeating: "1", count: 64)))
        #expect(log(.manifest, [.damaged(detail: "a", packs: [pack]), .damaged(detail: "b")]).damage?.packs == nil)
        #expect(log(.manifest, [.damaged(detail: "a"), .damaged(detail: "b", packs: [pack])]).damage?.packs == [pack])
        #expect(log(.manifest, [.damaged(detail: "a", packs: [pack]), .sound]).damage == nil)
    }

    @Test("what was salvaged in part counts as damaged, whatever a check says of the rest", arguments: [0, 2])
    func salvaged(incomplete: UInt64) {
        var header = header
        (header.label, header.base, header.incomplete) = (ManifestHeader.salvagedLabel, id, incomplete)
        var log = log(.manifest, [.damaged(detail: "pack"), .sound])
        log.outcome = .manifest(header)
        #expect(log.isDamaged == (incomplete > 0) && log.damage == nil)
        header.label = "daily"
        log.outcome = .manifest(header)
        #expect(!log.isDamaged)
    }

    @Test("later envelopes and unknown kinds are collected in their order")
    func collected() throws {
        let cmk = try #require(CMK("local:ring/1"))
        let envelope = Envelope(cmk: cmk, wrapped: [1], created: Self.day)
        let log = log(.manifest, [.unknown(kind: "x"), .envelope(envelope), .unknown(kind: "y")])
        #expect(log.laterEnvelopes == [envelope])
        #expect(log.unknownKinds == ["x", "y"])
        #expect(log.header == header)
        #expect(self.log(.aborted).header == nil)
    }
}
