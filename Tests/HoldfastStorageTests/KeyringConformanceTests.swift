import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite("Key managers hold what the port promises")
struct KeyringConformanceTests {
    @Test("the local keyring", arguments: KeyManagerConformance.sentences)
    func localKeyring(_ sentence: KeyManagerConformance.Sentence) async throws {
        let fixture = try KeyringFixture()
        let keyring = try await fixture.created()
        let known = try await keyring.createCMK(label: "known")
        let unknown = try #require(CMK(known.uri.dropLast(32) + String(repeating: "0", count: 32)))
        let subject = KeyManagerConformance.Subject(
            manager: keyring, project: KeyringFixture.project, unknown: unknown,
            createCMK: { try await keyring.createCMK(label: $0) }, prove: { pretendedProof(of: $0) })
        try await sentence.holds(subject)
    }

    @Test("another keyring's CMK is unreachable, never gone: the wrong file says nothing of it")
    func wrongKeyring() async throws {
        let fixture = try KeyringFixture()
        let keyring = try await fixture.created()
        let stranger = try KeyringFixture()
        let foreign = try await stranger.created().createCMK(label: "of another keyring")
        let error = await #expect(throws: KeyManagerError.self) { try await keyring.describe(foreign) }
        guard case .unreachable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("the fake", arguments: KeyManagerConformance.sentences)
    func fake(_ sentence: KeyManagerConformance.Sentence) async throws {
        try await sentence.holds(Self.subject(FakeKeyManager()))
    }

    @Test("what holds nothing breaks many sentences")
    func brokenManager() async throws {
        await #expect(throws: KeyManagerConformance.Failure.self) {
            try await KeyManagerConformance.run {
                let manager = FakeKeyManager()
                manager.set(.denied)
                return try Self.subject(manager)
            }
        }
    }

    @Test("the fake can be out of reach or deny, as a whole or for one CMK, and counts its calls")
    func fakeModes() async throws {
        let manager = FakeKeyManager()
        let (one, other) = (manager.createCMK(), manager.createCMK())
        manager.set(.unreachable, for: one)
        await #expect(throws: KeyManagerError.unreachable("fake", detail: "the fake is unreachable")) {
            try await manager.describe(one)
        }
        #expect(try await manager.describe(other).state == .enabled)
        #expect(try await manager.list().map(\.state) == [.unreachable, .enabled])
        manager.set(.denied)
        await #expect(throws: KeyManagerError.state(other, .denied)) { try await manager.describe(other) }
        #expect(manager.calls == [.describe: 3, .list: 1])
    }

    private static func subject(_ manager: FakeKeyManager) throws -> KeyManagerConformance.Subject {
        KeyManagerConformance.Subject(
            manager: manager, project: "shop", unknown: try #require(CMK("fake:0")),
            createCMK: { manager.createCMK(label: $0) }, prove: { pretendedProof(of: $0) })
    }
}
