import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Which snapshots check says an error is about")
struct CheckTouchedTests {
    @Test("be it damage or not: what the witness misses, and what a later version wrote")
    func concerned() async throws {
        let (yard, scratch) = (try await PruneYard(), try Scratch())
        let (first, second) = (try await yard.snapshot(), try await yard.snapshot())
        var request = CheckRequest(.structure, seed: 0)
        let witness = try Witness(at: scratch.path + "/witness.sqlite", of: yard.repository.id)
        request.watch = WitnessWatch(witness, policy: yard.policy, at: yard.now)
        let check = CheckRepository(repository: yard.repository)
        #expect(try await check.run(request).isSound)
        try await yard.repository.append(to: second, at: yard.now, by: "newer") { _ in .unknown(kind: "frozen") }
        try await yard.repository.appendToKeyLog(at: yard.now, by: "newer") { _ in .unknown(kind: "freeze") }
        for n in 0...1 { try await yard.store.delete(.record(n, of: first)) }
        let result = try await check.run(request)
        #expect(result.touchedSnapshots == [first, second] && result.damagedSnapshots.isEmpty)
        #expect(result.errors.contains { $0.object == "keys/1" && $0.kind == .newerFormat })
    }
}
