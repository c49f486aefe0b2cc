import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Snapshot logs that somebody wrote into")
struct HostileLogTests {
    @Test("a record behind a gap makes the log unreadable, and nothing is looked for up to its number")
    func farAway() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        try await yard.store.create(.record(999_999_999, of: id), [1])
        let view = try #require(try await yard.view(id))
        #expect(view.missing == 2)
        guard case .unreadable = view.log.state else {
            Issue.record("\(view.log.state)")
            return
        }
    }

    @Test("to a log with a gap nothing is appended, and nobody waits for it")
    func appending() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        try await yard.store.create(.record(3, of: id), [1])
        await #expect(throws: HoldfastError.self) {
            try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        }
    }

    @Test("W22: a record too long to be one is refused unread")
    func tooLong() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        try await yard.store.create(.record(2, of: id), [UInt8](repeating: 32, count: 70_000))
        #expect(try await yard.view(id)?.problems == [2: "it has 70000 bytes"])
    }
}
