import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Recording that a CMK is gone")
struct RecordDeletionsTests {
    private func record(_ fixture: KeysFixture, after days: Int64) async throws -> [CMK] {
        let survey = await ReadProject(fixture.project(), keys: fixture.keys).glance(at: fixture.time + days * 86_400)
        return try await RecordDeletions(fixture.project()).run(survey, by: "test")
    }

    @Test("once its date has come and its key manager says so, in every key log, and once")
    func recorded() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.delete(fixture.K1).dates != nil)
        #expect(try await record(fixture, after: 31).isEmpty)
        fixture.keyManager.set(fixture.K1, .deleted)
        #expect(try await record(fixture, after: 29).isEmpty)
        #expect(try await record(fixture, after: 31) == [fixture.K1])
        for log in try await fixture.logs() { #expect(log.deleted == [fixture.K1]) }
        #expect(try await record(fixture, after: 32).isEmpty)
    }

    @Test("in no key log that has lost its end: what is recorded there takes the place of what is to be put back")
    func shortened() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.delete(fixture.K1).dates != nil)
        fixture.keyManager.set(fixture.K1, .deleted)
        let after = fixture.time + 31 * 86_400
        let digests = try await fixture.repositories[1].readKeyLog().digests
        fixture.stores[1].lose(.keyRecord(digests.count - 1))
        let before = try await fixture.logs()
        let memory = WitnessedKeyLog(of: digests)
        let project = ProjectRepositories(
            fixture.repositories.map { repository in
                .init(repository, keyLogMemory: { repository.id == fixture.repositories[1].id ? memory : nil })
            })
        let survey = await ReadProject(project, keys: fixture.keys).glance(at: after)
        await #expect(throws: HoldfastError.self) { try await RecordDeletions(project).run(survey, by: "test") }
        // A machine that remembers nothing hears of it from whoever is at work.
        try await fixture.start(in: 1, position: digests.count - 1)
        await #expect(throws: HoldfastError.self) { try await record(fixture, after: 31) }
        #expect(try await fixture.logs() == before)
    }

    @Test("never what nobody scheduled, whatever a key manager says")
    func unscheduled() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        fixture.keyManager.set(fixture.K1, .deleted)
        #expect(try await record(fixture, after: 400).isEmpty)
    }
}
