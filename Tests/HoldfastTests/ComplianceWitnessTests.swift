import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A machine that has seen what compliance keeps")
struct ComplianceWitnessTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Two snapshots, the first of which compliance keeps for ninety-nine days after its own date, and a machine that has seen them.
    private func promised() async throws -> (yard: PruneYard, id: SnapshotID, witness: Witness) {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        try await yard.promise(minKeepDays: 100)
        let witness = try Witness(at: scratch.path + "/witness.sqlite", of: yard.repository.id)
        #expect(try await yard.reading(witness).alarms.isEmpty)
        return (yard, id, witness)
    }

    private func hide(_ id: SnapshotID, in yard: PruneYard) async throws {
        for n in 0...1 { try await yard.store.delete(.record(n, of: id)) }
    }

    @Test("W14: misses it until the date that compliance demands, however long its own has passed")
    func missed() async throws {
        let (yard, id, witness) = try await promised()
        try await hide(id, in: yard)
        yard.advance(days: 90)
        #expect(try await yard.reading(witness).alarms == [.snapshotGone(id)])
        yard.advance(days: 10)
        #expect(try await yard.reading(witness).alarms.isEmpty)
    }

    @Test(
        "W14: misses the newest of a source for good, which compliance keeps whatever their dates; not what they made superfluous"
    )
    func newest() async throws {
        var yard = try await PruneYard()
        yard.policy.keepMin = 2
        var ids: [SnapshotID] = []
        for _ in 0..<3 { ids.append(try await yard.snapshot(expiresInDays: 1)) }
        try await yard.promise(minKeepDays: 10)
        let witness = try Witness(at: scratch.path + "/witness.sqlite", of: yard.repository.id)
        #expect(try await yard.reading(witness).alarms.isEmpty)
        yard.advance(days: 200)
        for id in ids { try await hide(id, in: yard) }
        #expect(try await yard.reading(witness).alarms == ids.dropFirst().sorted().map(WitnessAlarm.snapshotGone))
        #expect(try await yard.reading(witness).alarms == ids.dropFirst().sorted().map(WitnessAlarm.snapshotGone))
        #expect(try await yard.reading(witness, accepting: Set(ids.map(WitnessSubject.snapshot))).alarms.isEmpty)
        #expect(try await yard.reading(witness).alarms.isEmpty)
    }

    @Test("misses none that newer ones had released before it went, seen by this machine or not")
    func released() async throws {
        let (yard, id, witness) = try await promised()
        yard.advance(days: 200)
        _ = try await yard.snapshot(expiresInDays: 300)
        try await hide(id, in: yard)
        #expect(try await yard.reading(witness).alarms.isEmpty)
    }

    @Test("W14: remembers no earlier date for it while the promise is taken out of the key log")
    func hiddenPromise() async throws {
        let (yard, id, witness) = try await promised()
        let promise = try await yard.store.read(.keyRecord(1))
        try await yard.store.delete(.keyRecord(1))
        #expect(try await yard.reading(witness).alarms == [.keyLogShortened(was: 2, now: 1)])
        try await yard.store.create(.keyRecord(1), promise)
        try await hide(id, in: yard)
        yard.advance(days: 90)
        #expect(try await yard.reading(witness).alarms == [.snapshotGone(id)])
    }
}
