import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Taking the deletion of a CMK back while a key log cannot be read")
struct KeysCancellationTests {
    /// K1 is rotated out, and its deletion scheduled.
    private func scheduled() async throws -> KeysFixture {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.delete(fixture.K1).dates != nil)
        return fixture
    }

    /// Fails, and names the cluster whose store is away.
    private func cancel(_ fixture: KeysFixture, without away: Int) async {
        let store = fixture.stores[away]
        let project = fixture.project { base in
            (base as? MemoryStore) === store ? GatedStore(base, Gate(Fault(at: 1, .before, isLasting: true))) : base
        }
        let error = await #expect(throws: HoldfastError.self) {
            _ = try await CancelDeletion(project, keys: fixture.keys).run(fixture.K1, at: fixture.time, by: "test")
        }
        guard case .unfinished(cluster: "c\(away)", .store) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private func cancel(_ fixture: KeysFixture) async throws -> CancelDeletion.Outcome {
        try await CancelDeletion(fixture.project(), keys: fixture.keys).run(fixture.K1, at: fixture.time, by: "test")
    }

    @Test("the key manager has it back all the same, and the logs at hand say so; run again, it is finished", arguments: [0, 1])
    func away(cluster: Int) async throws {
        let fixture = try await scheduled()
        await cancel(fixture, without: cluster)
        #expect(try await fixture.keyManager.describe(fixture.K1).state == .enabled)
        #expect(try await fixture.logs()[1 - cluster].cancelled == [fixture.K1])
        #expect(try await fixture.logs()[cluster].cancelled.isEmpty)
        #expect(try await cancel(fixture) == .cancelled)
        for log in try await fixture.logs() { #expect(log.cancelled == [fixture.K1] && log.scheduled.isEmpty) }
        await #expect(throws: HoldfastError.self) { try await cancel(fixture) }
    }

    @Test("so is one that was scheduled past Holdfast, with no key log to be read at all")
    func pastHoldfast() async throws {
        let fixture = try await KeysFixture(clusters: 1)
        fixture.keyManager.set(fixture.K1, .pendingDeletion)
        await cancel(fixture, without: 0)
        #expect(try await fixture.keyManager.describe(fixture.K1).state == .enabled)
    }

    @Test(
        "one that waits for its decision is withdrawn at home, or left to a home that is away; run again, in every log",
        arguments: [0, 1])
    func announced(home: Int) async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        let announcement = Announcement(id: Random.id(), home: fixture.repositories[home].id, cmks: [fixture.K1])
        for repository in fixture.repositories { try await fixture.append([.announce(announcement)], to: repository) }
        await cancel(fixture, without: 1)
        #expect(try await fixture.logs().map { $0.withdrawn.count } == (home == 0 ? [1, 0] : [0, 0]))
        #expect(try await cancel(fixture) == .withdrawn)
        #expect(try await fixture.logs().map { $0.withdrawn.count } == [1, 1])
        for log in try await fixture.logs() { #expect(log.leaving.isEmpty) }
    }

    @Test("a log that has the announcement, and not its approval, is told of the cancellation once it can be read")
    func laggingCopy() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        let announcement = Announcement(id: Random.id(), home: fixture.repositories[0].id, cmks: [fixture.K1])
        for repository in fixture.repositories { try await fixture.append([.announce(announcement)], to: repository) }
        try await fixture.append([.approve(announcement.id)], to: fixture.repositories[0])
        await cancel(fixture, without: 1)
        #expect(try await cancel(fixture) == .cancelled)
        for log in try await fixture.logs() { #expect(log.cancelled == [fixture.K1]) }
    }
}
