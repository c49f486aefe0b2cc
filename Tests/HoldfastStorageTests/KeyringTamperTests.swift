import FoundationEssentials
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("A keyring that was edited, damaged or opened with another passphrase")
struct KeyringTamperTests {
    let fixture: KeyringFixture

    init() throws { fixture = try KeyringFixture() }

    /// Two CMKs, the second to be deleted.
    func prepared() async throws -> (CMK, CMK) {
        let keyring = try await fixture.created()
        let (one, two) = (try await keyring.createCMK(label: "one"), try await keyring.createCMK(label: "two"))
        _ = try await keyring.schedule(two, days: 30)
        return (one, two)
    }

    func isRefusedAsAltered(_ cmk: CMK) async throws -> Bool {
        do {
            _ = try await fixture.keyring().wrapKey(under: cmk)
            return false
        } catch .keyring(_, let detail) {
            return detail.contains("MAC does not match")
        }
    }

    @Test(
        "an edit of a clear field is refused by whatever needs the passphrase",
        arguments: [
            (#""label":"one""#, #""label":"new""#),
            (#""generation":4"#, #""generation":9"#),
            (#""seen":"2027-01-15T08:00:00Z""#, #""seen":null"#),
            (#""state":"pending_deletion","destroy_after":"2027-02-14T08:00:00Z""#, #""state":"enabled","destroy_after":null"#),
            (#""destroy_after":"2027-02-14T08:00:00Z""#, #""destroy_after":"2037-02-14T08:00:00Z""#),
            (#""state":"enabled""#, #""state":"disabled""#),
            (#"{"format":1,"#, #"{"format": 1,"#),
            (
                #""label":"one","project":"shop","created":"2027-01-15T08:00:00Z""#,
                #""label":"one","project":"bank","created":"2027-01-15T08:00:00Z""#
            ),
            (
                #""label":"one","project":"shop","created":"2027-01-15T08:00:00Z""#,
                #""label":"one","project":"shop","created":"2026-01-15T08:00:00Z""#
            ),
        ])
    func clearFields(old: String, new: String) async throws {
        let (cmk, _) = try await prepared()
        try fixture.edit(old, to: new)
        #expect(try await isRefusedAsAltered(cmk))
    }

    @Test("every base64 value and id is guarded", arguments: ["sealed", "salt", "id"])
    func keyMembers(_ member: String) async throws {
        let (cmk, _) = try await prepared()
        try fixture.editCharacter(after: #""\#(member)":""#, behind: #""keys":"#)
        #expect(try await isRefusedAsAltered(cmk))
    }

    @Test("sealed CMKs cannot be exchanged, not even by one who could make the MAC")
    func swappedBlobs() async throws {
        let (cmk, _) = try await prepared()
        let parts = try fixture.text.components(separatedBy: #""salt":"#)
        try #require(parts.count == 4)
        let blobs = parts[2...3].map { String($0.prefix { $0 != "}" }) }
        let swapped = try fixture.text.replacing(blobs[0], with: "#").replacing(blobs[1], with: blobs[0])
            .replacing("#", with: blobs[1])
        try fixture.edit(swapped)
        #expect(try await isRefusedAsAltered(cmk))
        try fixture.edit(try fixture.signed(swapped))
        let error = await #expect(throws: KeyManagerError.self) { try await fixture.keyring().wrapKey(under: cmk) }
        #expect("\(String(describing: error))".contains("does not open under the right passphrase"))
    }

    @Test(
        "what derives the secrets is told apart from damage: the passphrase, or the fields beside it, are wrong",
        arguments: ["", #""n":1024|"n":2048"#, #""p":1|"p":2"#, "check", "keyring"])
    func wrongSecrets(_ edit: String) async throws {
        let (cmk, _) = try await prepared()
        let halves = edit.split(separator: "|").map(String.init)
        if halves.count == 2 { try fixture.edit(halves[0], to: halves[1]) }
        if halves.count == 1 { try fixture.editCharacter(after: #""\#(edit)":""#) }
        let keyring = fixture.keyring(passphrase: edit.isEmpty ? "another passphrase" : KeyringFixture.passphrase)
        let error = await #expect(throws: KeyManagerError.self) { try await keyring.wrapKey(under: cmk) }
        guard case .passphrase(fixture.path, let detail) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(detail.hasPrefix("the passphrase is wrong"))
    }

    @Test(
        "what is no keyring of this format is refused by every command, and the error says why",
        arguments: [
            (#"{"format":1"#, #"{"format":0"#, "member 'format'"),
            (#"{"format":1"#, #"{"format":"2""#, "member 'format'"),
            (#""n":1024"#, #""n":2097152"#, "member 'n'"),
            (#""n":1024"#, #""n":1025"#, "member 'n'"),
            (#""r":8"#, #""r":9"#, "member 'r'"),
            (#""p":1"#, #""p":5"#, "member 'p'"),
            (#""name":"scrypt""#, #""name":"argon2id""#, "neither scrypt nor none"),
            (#""generation":4"#, #""generation":4,"generation":4"#, "stands twice"),
            (#""generation":4"#, #""generation":4,"extra":true"#, "member 'extra' is not known"),
            (#""state":"enabled""#, #""state":"half""#, "member 'state'"),
            (
                #""state":"enabled","destroy_after":null"#, #""state":"enabled","destroy_after":"2027-02-14T08:00:00Z""#,
                "member 'state'"
            ),
            (#","mac":""#, #", "mac":""#, "member 'mac'"),
        ])
    func wrongForm(old: String, new: String, expected: String) async throws {
        let (cmk, _) = try await prepared()
        try fixture.edit(old, to: new)
        for attempt in [0, 1] {
            let error = await #expect(throws: KeyManagerError.self) {
                if attempt == 0 { _ = try await fixture.keyring().list() }
                if attempt == 1 { _ = try await fixture.keyring().wrapKey(under: cmk) }
            }
            guard case .keyring(fixture.path, let detail) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(detail.contains(expected))
        }
    }

    @Test("one of a newer format is not called damaged: it may be whole, and an old copy in its place would lose keys")
    func newerFormat() async throws {
        let (cmk, _) = try await prepared()
        try fixture.edit(#"{"format":1"#, to: #"{"format":2"#)
        await #expect(throws: KeyManagerError.newerKeyring(fixture.path)) { try await fixture.keyring().list() }
        await #expect(throws: KeyManagerError.newerKeyring(fixture.path)) { try await fixture.keyring().wrapKey(under: cmk) }
        #expect(!KeyManagerError.newerKeyring(fixture.path).isDamage)
    }

    @Test("every changed byte of the file is refused, in the clear and sealed")
    func everyByte() async throws {
        // Without a passphrase, which would cost its derivation each time.
        try fixture.edit(KeyringVectorTests.unprotected)
        let cmk = try await fixture.keyring().createCMK(label: "one")
        let bytes = Array(try fixture.text.utf8)
        var accepted: [String] = []
        for offset in bytes.indices {
            for mask in [UInt8(0x01), 0x80] {
                var changed = bytes
                changed[offset] ^= mask
                try Data(changed).write(to: URL(filePath: fixture.path))
                fixture.setMode(0o600, of: fixture.path)
                do {
                    _ = try await fixture.keyring().wrapKey(under: cmk)
                    accepted.append("byte \(offset) ^ \(mask)")
                } catch {
                    continue
                }
            }
        }
        #expect(accepted.isEmpty)
    }

    @Test("every cut of the file is refused")
    func cuts() async throws {
        let (cmk, _) = try await prepared()
        let text = try fixture.text
        for count in stride(from: 0, to: text.count - 1, by: 7) + [text.count - 2] {
            try fixture.edit(String(text.prefix(count)))
            await #expect(throws: KeyManagerError.self) { try await fixture.keyring().wrapKey(under: cmk) }
        }
        try fixture.edit(String(text.dropLast()))
        _ = try await fixture.keyring().wrapKey(under: cmk)
    }

    @Test("a wrong passphrase is not remembered, and the right one is asked for once")
    func askedOnce() async throws {
        let (cmk, _) = try await prepared()
        let before = fixture.timesAsked
        let keyring = fixture.keyring()
        for _ in 0..<3 { _ = try await keyring.wrapKey(under: cmk) }
        #expect(fixture.timesAsked == before + 1)
        let wrong = fixture.keyring(passphrase: "another passphrase")
        for _ in 0..<2 {
            await #expect(throws: KeyManagerError.self) { try await wrong.wrapKey(under: cmk) }
        }
        #expect(fixture.timesAsked == before + 3)
    }

    @Test("describing and listing ask for no passphrase")
    func noPassphraseNeeded() async throws {
        let (cmk, other) = try await prepared()
        let keyring = fixture.keyring()
        let before = fixture.timesAsked
        #expect(try await keyring.describe(cmk).assurance == "software")
        #expect(try await keyring.list().map(\.cmk) == [cmk, other])
        #expect(try await keyring.edition()?.number == 4)
        #expect(fixture.timesAsked == before)
    }
}
