import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A key manager of which a later edition was seen")
struct KeyManagerEditionTests {
    /// A project of one cluster whose machine has seen edition 6.
    private func check(editions: [Int64]) async throws -> DeletionReport {
        let fixture = try await KeysFixture(clusters: 1)
        try await fixture.rotate(to: fixture.K2)
        fixture.keyManager.set(editions: editions.map { KeyManagerEdition(manager: "fake", number: $0) })
        let member = ProjectRepositories.Member(
            fixture.repositories[0], laterEdition: { (edition) throws(HoldfastError) in edition.number < 6 ? 6 : nil })
        return try await fixture.check(fixture.K1, of: ProjectRepositories([member]))
    }

    @Test("is not asked any further: what an older copy says of a CMK may have been true once")
    func older() async throws {
        #expect(try await check(editions: [6]).read.silences.isEmpty)
        #expect(try await check(editions: [5]).read.silences.contains { $0.contains("older copy") })
    }

    @Test("is asked once more where that one may have been written right after it was read")
    func written() async throws {
        #expect(try await check(editions: [5, 6]).read.silences.isEmpty)
        #expect(try await !check(editions: [4, 5]).read.silences.isEmpty)
    }
}
