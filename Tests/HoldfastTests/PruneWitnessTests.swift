import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("What a prune tells the witness")
struct PruneWitnessTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// One snapshot in the trash until in seven days, one that lives, and a machine that has seen both.
    private func witnessedYard() async throws -> (PruneYard, Witness) {
        let yard = try await PruneYard()
        _ = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 1)
        _ = try await yard.prune()
        let witness = try Witness(at: scratch.path + "/witness/\(Random.id() as SnapshotID).sqlite", of: yard.repository.id)
        #expect(try await alarms(yard, witness).isEmpty)
        return (yard, witness)
    }

    private func alarms(_ yard: PruneYard, _ witness: Witness) async throws -> [WitnessAlarm] {
        try await yard.reading(witness).alarms
    }

    @Test("however far a prune under a later time came, nobody misses at the present what it took")
    func cutShort() async throws {
        var occurrence = 0
        var isStruck = true
        var purged: Set<Int> = []
        while isStruck {
            occurrence += 1
            let (yard, witness) = try await witnessedYard()
            let faulty = FaultyStore(yard.store, Fault(at: occurrence, .after, isLasting: true))
            let later = yard.now + 8 * PruneYard.day
            _ = try? await yard.prune(over: faulty, witness: witness) { $0.at = later }
            isStruck = faulty.account.unexercised.isEmpty
            purged.insert(try await yard.repository.readSnapshots().filter(\.log.exists).count)
            for _ in 0..<2 { #expect(try await alarms(yard, witness).isEmpty, "after call \(occurrence)") }
        }
        #expect(purged == [1, 2])
    }

    @Test("however far a purge came, a machine that had only seen the snapshot live, and was due to lose it, misses nothing")
    func purgedElsewhere() async throws {
        var occurrence = 0
        var isStruck = true
        var leftovers: Set<Int> = []
        while isStruck {
            occurrence += 1
            var yard = try await PruneYard()
            yard.policy.grace = Period(days: 0)
            let due = try await yard.snapshot(expiresInDays: 1)
            try await yard.repository.append(to: due, at: yard.now, by: "admin") { _ in .sound }
            _ = try await yard.snapshot(expiresInDays: 300)
            let witness = try Witness(at: scratch.path + "/witness/\(Random.id() as SnapshotID).sqlite", of: yard.repository.id)
            #expect(try await alarms(yard, witness).isEmpty)
            yard.advance(days: 2)
            let faulty = FaultyStore(yard.store, Fault(.delete, at: occurrence, .after, isLasting: true))
            _ = try? await yard.prune(over: faulty)
            isStruck = faulty.account.unexercised.isEmpty
            leftovers.insert(yard.remains(of: due).count)
            #expect(try await alarms(yard, witness).isEmpty, "after delete \(occurrence)")
        }
        #expect(leftovers.count > 4)
    }

    @Test("what a dry run would delete is missed as before")
    func dryRun() async throws {
        let (yard, witness) = try await witnessedYard()
        let later = yard.now + 8 * PruneYard.day
        let result = try await yard.prune(witness: witness) { ($0.at, $0.isDryRun) = (later, true) }
        let id = try #require(result.purged.first)
        for n in 0...2 { try await yard.store.delete(.record(n, of: id)) }
        #expect(try await alarms(yard, witness) == [.snapshotGone(id)])
    }
}
