import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A CMK that nothing knows")
struct KeysUnknownTests {
    private static let unlisted = CMK("other:1")
    private static let mistyped = CMK("fake:9")

    /// Every act on a CMK, by its command's name.
    private static let acts: [(name: String, run: @Sendable (KeysFixture, CMK) async throws -> Void)] = [
        ("check", { _ = try await $0.check($1, proving: false) }),
        ("check --prove", { _ = try await $0.check($1) }),
        ("delete", { _ = try await $0.delete($1) }),
        ("disable", { _ = try await DisableKey($0.project(), keys: $0.keys).disable($1, at: $0.time) }),
        ("enable", { try await DisableKey($0.project(), keys: $0.keys).enable($1) }),
        ("retire", { try await RetireKey($0.project(), keys: $0.keys).run($1, at: $0.time, by: "test") }),
        ("rotate", { try await $0.rotate(to: $1) }),
        ("cancel-deletion", { _ = try await CancelDeletion($0.project(), keys: $0.keys).run($1, at: $0.time, by: "test") }),
        ("rewrap --from", { try await rewrap($0, from: $1, to: $0.K2) }),
        ("rewrap --to", { try await rewrap($0, from: $0.K1, to: $1) }),
    ]

    private static func rewrap(_ fixture: KeysFixture, from: CMK, to: CMK) async throws {
        _ = try await RewrapSnapshots(fixture.project(), keys: fixture.keys).run(
            .init(from: from, to: to), at: fixture.time, by: "test"
        ) { _ in }
    }

    @Test("is answered in the same way by every command, and nothing is written", arguments: acts.indices)
    func unknown(act: Int) async throws {
        let fixture = try await KeysFixture()
        let before = try await fixture.logs()
        for cmk in [try #require(Self.mistyped), try #require(Self.unlisted)] {
            let error = await #expect(throws: HoldfastError.self) { try await Self.acts[act].run(fixture, cmk) }
            guard case .unknownCMK(cmk) = error else {
                Issue.record("\(Self.acts[act].name): \(String(describing: error))")
                continue
            }
        }
        #expect(try await fixture.logs() == before)
    }

    @Test("is never said of one whose key manager does not answer", arguments: acts.indices)
    func silent(act: Int) async throws {
        let fixture = try await KeysFixture()
        fixture.keyManager.set(.unreachable)
        let cmk = try #require(Self.mistyped)
        let error = await #expect(throws: HoldfastError.self) { try await Self.acts[act].run(fixture, cmk) }
        guard case .keyManager(.unreachable) = error else {
            Issue.record("\(Self.acts[act].name): \(String(describing: error))")
            return
        }
    }
}
