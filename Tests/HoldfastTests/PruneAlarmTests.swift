import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastTesting
import Testing

/// What somebody did to the store, a pruner cannot know without a key; a machine that has seen it before does.
@Suite("Prune on a machine that misses something")
struct PruneAlarmTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func witness(of yard: PruneYard) throws -> Witness {
        try Witness(at: scratch.path + "/witness.sqlite", of: yard.repository.id)
    }

    private func alarms(_ yard: PruneYard, _ witness: Witness) async throws -> [WitnessAlarm] {
        try await yard.reading(witness).alarms
    }

    /// A snapshot that expires at once, and one that lives on with its pack.
    private func inheritance() async throws -> (yard: PruneYard, pack: PackEntry, heir: SnapshotID) {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 0)
        let base = try await yard.snapshot(expiresInDays: 1)
        let pack = try #require(try await yard.packs(of: base).first)
        return (yard, pack, try await yard.snapshot(sharing: [pack], base: base, expiresInDays: 300))
    }

    /// Takes the pack out of the snapshot's table, with its owner, and makes the sum right again: only the MAC knows.
    private func shortenTable(of id: SnapshotID, by pack: PackEntry, _ yard: PruneYard) {
        yard.store.tamper(.record(1, of: id)) { bytes in
            let at = ContainerRegions(bytes)
            let row = stride(from: at.rows.lowerBound, to: at.rows.upperBound, by: 44).first {
                bytes[$0...].starts(with: pack.id.bytes)
            }
            let owner = stride(from: at.owners.lowerBound, to: at.owners.upperBound, by: 16).first {
                bytes[$0...].starts(with: pack.owner.bytes)
            }
            guard let row, let owner else { return }
            bytes.removeSubrange(row..<(row + 44))
            bytes.removeSubrange(owner..<(owner + 16))
            bytes[19] -= 1
            bytes[at.header.upperBound + 3] -= 1
            // Of the row that is left, whose owner is the only one now.
            for index in 0..<4 { bytes[at.owners.upperBound - 16 + 32 + index] = 0 }
            bytes = withSum(bytes)
        }
    }

    enum Loss: CaseIterable { case shortened, manifest, log }

    @Test(
        "W15: while a manifest is not the one that was seen, or is gone, no pack goes: what it needs is not known",
        arguments: Loss.allCases)
    func changedManifest(_ loss: Loss) async throws {
        let (yard, pack, heir) = try await inheritance()
        let witness = try witness(of: yard)
        #expect(try await alarms(yard, witness).isEmpty)
        switch loss {
        case .shortened: shortenTable(of: heir, by: pack, yard)
        case .manifest: try await yard.store.delete(.record(1, of: heir))
        case .log: for n in 0...1 { try await yard.store.delete(.record(n, of: heir)) }
        }
        yard.advance(days: 3)
        let found = try await alarms(yard, witness)
        #expect(found.compactMap(\.subject) == [.snapshot(heir)])
        let result = try await yard.prune(witness: witness) { $0.alarms = found }
        #expect(yard.has(pack) && result.packsDeleted == 0)
        #expect(result.stopped.map(\.object) == ["snapshots/\(heir)/"])
        // Nor is anything written in the place of what is hidden.
        #expect(result.fenced.isEmpty && !yard.remains(of: heir).contains("snapshots/\(heir)/2"))
        // Without a memory nobody could tell; with the loss accepted nobody is in the way.
        #expect(try await yard.prune().packsDeleted > 0)
    }

    @Test(
        "W14: a snapshot that only the guard kept, and of which the start record alone is lost, is missed, however long it was due"
    )
    func startOfGuarded() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 1)
        let other = try await yard.start()
        let witness = try witness(of: yard)
        #expect(try await alarms(yard, witness).isEmpty)
        yard.advance(days: 30)
        #expect(try await yard.prune(witness: witness) { $0.staleAfter = Period(days: 200) }.condemned.isEmpty)
        try await yard.store.delete(.record(0, of: id))
        let before = yard.store.names
        for _ in 0..<2 {
            let found = try await alarms(yard, witness)
            #expect(found == [.startGone(id)])
            let result = try await yard.prune(witness: witness) { ($0.alarms, $0.staleAfter) = (found, Period(days: 200)) }
            #expect(result.stopped == [.alarm(.startGone(id))])
        }
        #expect(yard.store.names == before)
        #expect(try await yard.reading(witness, accepting: [.snapshot(id)]).alarms.isEmpty)
        #expect(try await alarms(yard, witness).isEmpty)
        #expect(try await yard.view(other)?.log.state == .open)
    }

    @Test("W14: of a snapshot whose log was shortened nothing is decided: what is missing may be a hold")
    func shortenedLog() async throws {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 0)
        let held = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        let witness = try witness(of: yard)
        try await yard.repository.append(to: held, at: yard.now, by: "admin") { _ in .hold("case-7") }
        #expect(try await alarms(yard, witness).isEmpty)
        let hold = try await yard.store.read(.record(2, of: held))
        try await yard.store.delete(.record(2, of: held))
        yard.advance(days: 3)
        let found = try await alarms(yard, witness)
        #expect(found == [.logShortened(held, was: 3, now: 2)])
        _ = try await yard.prune(witness: witness) { $0.alarms = found }
        try await yard.store.create(.record(2, of: held), hold)
        #expect(try await yard.prune(witness: witness).purged.isEmpty)
        #expect(try await yard.view(held)?.log.holds == ["case-7"])
    }

    @Test(
        "W9, W14: while the key log is not the one that was seen, nothing is condemned: a promise may have been taken out of it")
    func shortenedKeyLog() async throws {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 0)
        let promise = Compliance(
            minKeep: try #require(Period("300 days")), grace: yard.policy.grace, keepMin: yard.policy.keepMin)
        try await yard.repository.appendToKeyLog(at: yard.now, by: "admin") { _ in .compliance(promise) }
        let promised = try await yard.snapshot(expiresInDays: 300)
        _ = try await yard.snapshot(expiresInDays: 300)
        let witness = try witness(of: yard)
        #expect(try await alarms(yard, witness).isEmpty)
        // A forged expiry alone moves nothing: what was promised stands over it.
        let now = yard.now
        try await yard.repository.append(to: promised, at: now, by: "somebody") { _ in .expiry(now, byPolicy: false) }
        yard.advance(days: 3)
        #expect(try await yard.prune(witness: witness).condemned.isEmpty)
        try await yard.store.delete(.keyRecord(1))
        let found = try await alarms(yard, witness)
        #expect(found == [.keyLogShortened(was: 2, now: 1)])
        let result = try await yard.prune(witness: witness) { $0.alarms = found }
        #expect(result.condemned.isEmpty && result.stopped.map(\.object) == ["keys/"])
        #expect(try await yard.view(promised)?.log.state == .live)
        #expect(try await yard.prune().condemned == [promised])
    }
}
