import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite("CMKs on a PKCS#11 token", .enabled(if: TokenFixture.isInstalled, TokenFixture.notInstalled), .serialized)
struct TokenTests {
    let fixture: TokenFixture

    init() throws { fixture = try TokenFixture.shared.get() }

    @Test("a token of SoftHSM holds what the port promises", arguments: KeyManagerConformance.sentences)
    func conformance(_ sentence: KeyManagerConformance.Sentence) async throws {
        let subject = KeyManagerConformance.Subject(
            manager: fixture.manager(), project: "shop", unknown: try #require(CMK("pkcs11:holdfast/00ff00ff00ff")),
            createCMK: { [fixture] in try fixture.createCMK($0) }, prove: { pretendedProof(of: $0) })
        try await sentence.holds(subject)
    }

    @Test("what is due is destroyed with the next wrapping or change, a stone stays, and what was taken back does not go")
    func destroys() async throws {
        let (due, kept, other) = (try fixture.createCMK("due one"), try fixture.createCMK("kept"), try fixture.createCMK("other"))
        let envelope = try await wrap(due)
        let manager = fixture.manager()
        let date = try await schedule(due)
        _ = try await schedule(kept)
        #expect(date == fixture.now + 7 * 86_400)
        try await manager.cancelDeletion(of: kept)
        let before = fixture.now
        fixture.now = date + -1
        #expect(try await manager.describe(due).state == .pendingDeletion)
        fixture.now = date
        _ = try await wrap(other)
        #expect(try await manager.describe(kept).state == .disabled)
        let description = try await fixture.manager().describe(due)
        #expect(description.state == .deleted && description.deletionDate == date && description.label == "due one")
        fixture.now = before
        #expect(try await manager.describe(due) == description)
        #expect(try await manager.list().contains(description))
        await #expect(throws: KeyManagerError.state(due, .deleted)) { _ = try await manager.unwrap(envelope, context: .sample()) }
        await #expect(throws: KeyManagerError.state(due, .deleted)) { try await manager.cancelDeletion(of: due) }
    }

    @Test("what is due and not destroyed yet can be taken back: neither a question nor taking another back destroys it")
    func takenBackLate() async throws {
        let (first, second) = (try fixture.createCMK("first"), try fixture.createCMK("second"))
        let envelope = try await wrap(first)
        let manager = fixture.manager()
        _ = try await schedule(first)
        fixture.now = try await schedule(second)
        _ = try await manager.list()
        await #expect(throws: KeyManagerError.state(first, .pendingDeletion)) {
            _ = try await manager.unwrap(envelope, context: .sample())
        }
        for cmk in [second, first] {
            #expect(try await manager.describe(cmk).state == .pendingDeletion)
            try await manager.cancelDeletion(of: cmk)
            try await manager.enable(cmk)
        }
        _ = try await manager.unwrap(envelope, context: .sample())
    }

    @Test("a key under the id of one that was destroyed is neither used nor destroyed")
    func reusedID() async throws {
        let cmk = try fixture.createCMK("first", id: "beef01")
        let before = fixture.now
        fixture.now = try await schedule(cmk)
        _ = try await wrap(try fixture.createCMK("other"))
        #expect(try await fixture.manager().describe(cmk).state == .deleted)
        fixture.now = before
        _ = try fixture.createCMK("second", id: "beef01")
        let detail = "its id is that of a key that was destroyed: no id is used twice"
        for _ in 0..<2 {
            await #expect(throws: KeyManagerError.unsuitable(cmk, detail: detail)) {
                _ = try await fixture.manager().describe(cmk)
            }
        }
    }

    @Test("a key that others destroyed on its way out is gone")
    func destroyedByOthers() async throws {
        let cmk = try fixture.createCMK("one", id: "beef02")
        _ = try await schedule(cmk)
        try fixture.tool("--delete-object", "--type", "secrkey", "--id", "beef02")
        #expect(try await fixture.manager().describe(cmk).state == .deleted)
        // Without a note nothing is known of it, and that is not "gone": the port says so.
        let other = try fixture.createCMK("other", id: "beef03")
        try fixture.tool("--delete-object", "--type", "secrkey", "--id", "beef03")
        await #expect(throws: KeyManagerError.notFound(other)) { _ = try await fixture.manager().describe(other) }
        #expect(fixture.manager().remembersDestroyed)
    }

    @Test("two keys of one id, and one that is not AES, are not used")
    func unsuitable() async throws {
        let twin = try fixture.createCMK("one", id: "beef04")
        _ = try fixture.createCMK("other", id: "beef04")
        await #expect(throws: KeyManagerError.unsuitable(twin, detail: "2 keys on the token have this id")) {
            _ = try await wrap(twin)
        }
        let generic = try fixture.createCMK("generic", id: "beef05", type: "GENERIC:32")
        await #expect(throws: KeyManagerError.unsuitable(generic, detail: "this is no AES key")) { _ = try await wrap(generic) }
        #expect(try await fixture.manager().list().allSatisfy { $0.cmk != twin && $0.cmk != generic })
    }

    @Test("the token itself refuses a disabled key")
    func tokenRefuses() async throws {
        let cmk = try fixture.createCMK("one")
        let manager = fixture.manager()
        _ = try await wrap(cmk)
        try await manager.disable(cmk)
        await #expect(throws: KeyManagerError.state(cmk, .disabled)) { _ = try await wrap(cmk) }
        #expect(try await manager.describe(cmk).assurance == "token")
    }

    @Test("a module, a token or a PIN that is not to be had is silence, and says which")
    func silence() async throws {
        let cmk = try fixture.createCMK("one")
        let managers = [
            fixture.manager(module: "/nowhere.so"), fixture.manager(module: "/usr/lib/x86_64-linux-gnu/libz.so.1"),
            fixture.manager(token: "elsewhere"), fixture.manager(pin: "no-pin"),
        ]
        for manager in managers {
            let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
            guard case .unreachable = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        let elsewhere = try #require(CMK("pkcs11:elsewhere/00"))
        let error = await #expect(throws: KeyManagerError.self) {
            try await fixture.manager(token: "elsewhere").describe(elsewhere)
        }
        #expect(
            error == .unreachable("pkcs11:elsewhere", detail: "find token elsewhere: no token has this label, or several have"))
    }

    @Test(
        "URIs have one spelling",
        arguments: ["pkcs11:holdfast/AB", "pkcs11:holdfast/abc", "pkcs11:holdfast", "pkcs11:holdfast/", "pkcs11:a/b/00"])
    func spelling(uri: String) async throws {
        let cmk = try #require(CMK(uri))
        let detail = "this is not pkcs11:TOKEN/ID, with the id in hex"
        await #expect(throws: KeyManagerError.unsuitable(cmk, detail: detail)) { _ = try await fixture.manager().describe(cmk) }
    }

    private func wrap(_ cmk: CMK) async throws(KeyManagerError) -> Envelope {
        let key = [UInt8](repeating: 7, count: 32)
        return try await fixture.manager().wrap(Secret(copying: key.span), under: cmk, context: .sample())
    }

    private func schedule(_ cmk: CMK) async throws(KeyManagerError) -> Timestamp {
        guard let waiting = Period(7, .days) else { preconditionFailure("7 days are a period") }
        return try await fixture.manager().scheduleDeletion(of: cmk, proof: pretendedProof(of: cmk), waiting: waiting)
    }
}
