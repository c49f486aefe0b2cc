import HoldfastModel
import Testing

/// What the witness remembers against what a listing shows: alarms, and what is remembered next.
@Suite struct WitnessComparisonTests {
    private static let now = Timestamp(seconds: 1_000)
    private static let id = id(SnapshotTag.self, 1)
    private static let repository = id(RepositoryTag.self, 1)

    private static func id<Tag>(_ tag: Tag.Type, _ number: UInt8) -> ID<Tag> {
        guard let id = ID<Tag>(Hex.encode(Array(repeating: number, count: 16))) else { fatalError("16 bytes are an id") }
        return id
    }

    private static func sum(_ number: UInt8) -> Digest {
        guard let sum = Digest(Hex.encode(Array(repeating: number, count: 32))) else { fatalError("32 bytes are a digest") }
        return sum
    }

    private static func witnessed(
        _ state: WitnessedSnapshot.State = .committed, sum: Digest? = sum(1), length: Int = 3, expires: Int64? = nil,
        condemned: Bool = false, here: Bool = true
    ) -> WitnessedSnapshot {
        WitnessedSnapshot(
            id: id, cluster: "c", node: "n", source: "s", time: Timestamp(seconds: 1), state: state, sum: sum,
            logLength: length, expires: expires.map(Timestamp.init(seconds:)), isCondemned: condemned, isCommittedHere: here)
    }

    private static func seen(
        _ outcome: SeenSnapshot.Outcome = .manifest(sum: sum(1)), start: Bool = true, length: Int = 3, expires: Int64? = nil,
        condemned: Bool = false, deleting: Bool = false
    ) -> SeenSnapshot {
        SeenSnapshot(
            id: id, hasStart: start, outcome: outcome, cluster: "c", node: "n", source: "s", time: Timestamp(seconds: 1),
            logLength: length, expires: expires.map(Timestamp.init(seconds:)), isCondemned: condemned, isDeleting: deleting)
    }

    private static func compare(
        _ before: WitnessedSnapshot?, _ seen: SeenSnapshot?, isAccepting: Bool = false
    ) -> WitnessComparison {
        var memory = WitnessMemory(repository: repository)
        if let before { memory.snapshots[id] = before }
        let sighting = WitnessSighting(repository: repository, keyLogSums: [], snapshots: seen.map { [$0] } ?? [])
        return WitnessComparison(of: memory, with: sighting, at: now, accepting: isAccepting ? [.snapshot(id)] : [])
    }

    struct Alarm: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let before: WitnessedSnapshot
        let seen: SeenSnapshot?
        let alarm: WitnessAlarm

        init(_ name: String, _ before: WitnessedSnapshot, _ seen: SeenSnapshot?, _ alarm: WitnessAlarm) {
            (testDescription, self.before, self.seen, self.alarm) = (name, before, seen, alarm)
        }
    }

    private static let alarms: [Alarm] = [
        Alarm("gone", witnessed(), nil, .snapshotGone(id)),
        Alarm("gone, committed by another node", witnessed(here: false), nil, .snapshotGone(id)),
        Alarm("gone one second before it was due", witnessed(expires: 1_001), nil, .snapshotGone(id)),
        Alarm("gone from the trash before its time", witnessed(expires: 1_301, condemned: true), nil, .snapshotGone(id)),
        Alarm("its start record gone", witnessed(), seen(start: false), .startGone(id)),
        Alarm("its start record gone, though due", witnessed(expires: 1), seen(start: false), .startGone(id)),
        Alarm(
            "its start record gone, though due, its manifest damaged", witnessed(expires: 1), seen(.unreadable, start: false),
            .startGone(id)),
        Alarm("its start record and manifest gone", witnessed(), seen(.none, start: false), .snapshotGone(id)),
        Alarm("its deletion decided, and never condemned", witnessed(), seen(length: 4, deleting: true), .snapshotGone(id)),
        Alarm("a start whose manifest was seen, gone", witnessed(.started), nil, .snapshotGone(id)),
        Alarm("its manifest gone", witnessed(), seen(.none, length: 1), .manifestGone(id)),
        Alarm("its manifest gone, though condemned", witnessed(condemned: true), seen(.none, length: 1), .manifestGone(id)),
        Alarm("aborted, and nothing there now", witnessed(.aborted, sum: nil), seen(.none), .manifestGone(id)),
        Alarm(
            "another manifest", witnessed(), seen(.manifest(sum: sum(2))), .manifestChanged(id, was: sum(1), now: sum(2))),
        Alarm(
            "another manifest, though due", witnessed(expires: 1), seen(.manifest(sum: sum(2))),
            .manifestChanged(id, was: sum(1), now: sum(2))),
        Alarm("aborted instead of its manifest", witnessed(), seen(.aborted), .manifestChanged(id, was: sum(1), now: nil)),
        Alarm(
            "a manifest instead of aborted", witnessed(.aborted, sum: nil), seen(), .manifestChanged(id, was: nil, now: sum(1))),
        Alarm("a shorter log", witnessed(), seen(length: 2), .logShortened(id, was: 3, now: 2)),
        Alarm(
            "a shorter log, as without its hold", witnessed(length: 4, condemned: true), seen(condemned: true),
            .logShortened(id, was: 4, now: 3)),
        Alarm("a shorter log of an unreadable one", witnessed(), seen(.unreadable, length: 2), .logShortened(id, was: 3, now: 2)),
    ]

    @Test("W5, W14: what the protocol never does is an alarm, and is remembered as before", arguments: alarms)
    func alarm(_ example: Alarm) {
        let comparison = Self.compare(example.before, example.seen)
        #expect(comparison.alarms == [example.alarm])
        #expect(comparison.alarms.map(\.subject) == [.snapshot(Self.id)])
        #expect(comparison.snapshotChanges.isEmpty)
    }

    @Test("whatever the alarm, once accepted it is silent and what is there is adopted", arguments: alarms)
    func accepted(_ example: Alarm) throws {
        let comparison = Self.compare(example.before, example.seen, isAccepting: true)
        #expect(comparison.alarms.isEmpty && comparison.accepted == [example.alarm])
        let change = try #require(comparison.snapshotChanges[Self.id])
        #expect(Self.compare(change.after, example.seen).alarms.isEmpty)
    }

    @Test("where nothing is wrong nothing is accepted, and what comes later is an alarm")
    func acceptedTooEarly() {
        let comparison = Self.compare(Self.witnessed(), Self.seen(length: 4), isAccepting: true)
        #expect(comparison.accepted.isEmpty)
        let after = comparison.snapshotChanges[Self.id]?.after
        #expect(after == Self.witnessed(length: 4) && Self.compare(after, nil).alarms == [.snapshotGone(Self.id)])
    }

    struct Move: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let before: WitnessedSnapshot?
        let seen: SeenSnapshot?
        let after: WitnessedSnapshot?
        let isAccepting: Bool

        init(
            _ name: String, _ before: WitnessedSnapshot?, _ seen: SeenSnapshot?, to after: WitnessedSnapshot?,
            isAccepting: Bool = false
        ) {
            (testDescription, self.before, self.seen, self.after) = (name, before, seen, after)
            self.isAccepting = isAccepting
        }
    }

    @Test(
        "what the protocol allows is no alarm, and is remembered",
        arguments: [
            Move("the same", witnessed(), seen(), to: witnessed()),
            Move("gone after it was condemned", witnessed(condemned: true), nil, to: nil),
            Move("gone when its time in the trash is over", witnessed(expires: 1_300, condemned: true), nil, to: nil),
            Move("gone when it is due to the second", witnessed(expires: 1_000), nil, to: nil),
            Move("half gone, after its deletion was decided", witnessed(expires: 1), seen(.none, start: false), to: nil),
            Move("an aborted one collected", witnessed(.aborted, sum: nil), nil, to: nil),
            Move("a longer log", witnessed(), seen(length: 5), to: witnessed(length: 5)),
            Move("condemned", witnessed(), seen(length: 4, condemned: true), to: witnessed(length: 4, condemned: true)),
            Move(
                "its deletion decided", witnessed(condemned: true), seen(length: 5, condemned: true, deleting: true),
                to: witnessed(length: 5, condemned: true)),
            Move(
                "condemned, and its deletion decided, since", witnessed(), seen(length: 5, condemned: true, deleting: true),
                to: witnessed(length: 5, condemned: true)),
            Move("undeleted", witnessed(condemned: true), seen(length: 4), to: witnessed(length: 4)),
            Move("another expiry", witnessed(), seen(length: 4, expires: 9), to: witnessed(length: 4, expires: 9)),
            Move("unreadable", witnessed(expires: 9), seen(.unreadable), to: witnessed(expires: 9)),
            Move(
                "condemned, and unreadable", witnessed(expires: 9), seen(.unreadable, length: 4, expires: 2_000, condemned: true),
                to: witnessed(length: 4, expires: 2_000, condemned: true)),
            Move("first seen", nil, seen(expires: 9), to: witnessed(expires: 9, here: false)),
            Move("first seen without its start", nil, seen(start: false), to: nil),
            Move("another's open snapshot", nil, seen(.none, length: 1), to: nil),
            Move("another's aborted snapshot", nil, seen(.aborted, length: 2), to: nil),
            Move("a start not created yet", witnessed(.started, sum: nil), nil, to: witnessed(.started, sum: nil)),
            Move(
                "an open start", witnessed(.started, sum: nil, length: 0), seen(.none, length: 1),
                to: witnessed(.started, sum: nil, length: 1)),
            Move(
                "a start with a manifest that its writer has not opened", witnessed(.started, sum: nil, here: false), seen(),
                to: witnessed(.started, here: false)),
            Move(
                "a start that was fenced", witnessed(.started, sum: nil, here: false), seen(.aborted),
                to: witnessed(.aborted, sum: nil, here: false)),
            Move("an accepted loss", witnessed(), nil, to: nil, isAccepting: true),
            Move(
                "an accepted manifest is no base", witnessed(), seen(.manifest(sum: sum(2))),
                to: witnessed(sum: sum(2), here: false), isAccepting: true),
            Move(
                "an accepted shorter log is still a base", witnessed(), seen(length: 2), to: witnessed(length: 2),
                isAccepting: true),
        ])
    func move(_ example: Move) {
        let comparison = Self.compare(example.before, example.seen, isAccepting: example.isAccepting)
        let change = comparison.snapshotChanges[Self.id]
        #expect(comparison.alarms.isEmpty)
        #expect((change == nil) == (example.before == example.after))
        if let change { #expect(change.before == example.before && change.after == example.after) }
    }

    enum Judgement: Sendable { case alarm, remembered, forgotten }

    @Test(
        "a time given by hand makes rightly gone only what was made in such a time, and makes nothing forgotten",
        arguments: [
            // By the given time of 1000 and this machine's of 500.
            (made: 1, expires: 400, now: 1_000, .forgotten), (made: 1, expires: 800, now: 1_000, .alarm),
            (made: 600, expires: 800, now: 1_000, .remembered), (made: 600, expires: 1_100, now: 1_000, .alarm),
            // In the past.
            (made: 1, expires: 400, now: 300, .alarm), (made: 1, expires: 200, now: 300, .forgotten),
        ] as [(made: Int64, expires: Int64, now: Int64, Judgement)])
    func givenTime(made: Int64, expires: Int64, now: Int64, judgement: Judgement) {
        var before = Self.witnessed(expires: expires)
        before.time = Timestamp(seconds: made)
        let memory = WitnessMemory(repository: Self.repository, snapshots: [Self.id: before])
        for remains in [nil, Self.seen(.none, start: false)] {
            let sighting = WitnessSighting(
                repository: Self.repository, keyLogSums: [], snapshots: remains.map { [$0] } ?? [])
            let comparison = WitnessComparison(
                of: memory, with: sighting, at: Timestamp(seconds: now), localTime: Timestamp(seconds: 500))
            #expect(comparison.alarms == (judgement == .alarm ? [.snapshotGone(Self.id)] : []))
            #expect(comparison.snapshotChanges.isEmpty == (judgement != .forgotten))
        }
    }

    struct KeyLogCase: Sendable {
        let before: WitnessedKeyLog
        let sums: [UInt8]
        var alarm: WitnessAlarm?
        var isAccepting = false
    }

    @Test(
        "a key log only grows, and what was read of it stays",
        arguments: [
            KeyLogCase(before: WitnessedKeyLog(), sums: []),
            KeyLogCase(before: WitnessedKeyLog(), sums: [1, 2]),
            KeyLogCase(before: WitnessedKeyLog(length: 2, lastSum: sum(2)), sums: [1, 2]),
            KeyLogCase(before: WitnessedKeyLog(length: 2, lastSum: sum(2)), sums: [1, 2, 3]),
            KeyLogCase(
                before: WitnessedKeyLog(length: 2, lastSum: sum(2)), sums: [1], alarm: .keyLogShortened(was: 2, now: 1)),
            KeyLogCase(before: WitnessedKeyLog(length: 2, lastSum: sum(2)), sums: [1, 3, 4], alarm: .keyLogForked(at: 1)),
            KeyLogCase(before: WitnessedKeyLog(length: 2, lastSum: sum(2)), sums: [1], isAccepting: true),
            KeyLogCase(before: WitnessedKeyLog(length: 2, lastSum: sum(2)), sums: [1, 3], isAccepting: true),
        ])
    func keyLog(_ example: KeyLogCase) {
        let memory = WitnessMemory(repository: Self.repository, keyLog: example.before)
        let sums = example.sums.map(Self.sum)
        let sighting = WitnessSighting(repository: Self.repository, keyLogSums: sums, snapshots: [])
        let accepting: Set<WitnessSubject> = example.isAccepting ? [.keyLog] : []
        let comparison = WitnessComparison(of: memory, with: sighting, at: Self.now, accepting: accepting)
        #expect(comparison.alarms == [example.alarm].compactMap(\.self))
        #expect(comparison.accepted.map(\.subject) == (example.isAccepting ? [.keyLog] : []))
        let after = example.alarm == nil ? WitnessedKeyLog(length: sums.count, lastSum: sums.last) : example.before
        #expect((comparison.keyLogChange?.after ?? example.before) == after)
        if example.alarm != nil { #expect(comparison.alarms.first?.subject == .keyLog) }
    }

    @Test("another repository is one alarm, and nothing is learnt from it")
    func repositoryChanged() {
        let memory = WitnessMemory(repository: Self.repository, snapshots: [Self.id: Self.witnessed()])
        let other = Self.id(RepositoryTag.self, 2)
        let sighting = WitnessSighting(repository: other, keyLogSums: [Self.sum(1)], snapshots: [])
        let comparison = WitnessComparison(of: memory, with: sighting, at: Self.now)
        #expect(comparison.alarms == [.repositoryChanged(was: Self.repository, now: other)])
        #expect(comparison.alarms.first?.subject == nil)
        #expect(comparison.keyLogChange == nil && comparison.snapshotChanges.isEmpty)
    }

    @Test("a subject reads as it is written, and nothing else does", arguments: ["key-log", String(repeating: "0f", count: 16)])
    func subject(text: String) {
        #expect(WitnessSubject(text)?.description == text)
        #expect(WitnessSubject(text + "0") == nil)
    }
}
