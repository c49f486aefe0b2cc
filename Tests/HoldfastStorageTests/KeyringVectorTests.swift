import FoundationEssentials
import HoldfastModel
import HoldfastStorage
import Testing

/// Written once and checked with a reader in another language: every later version has to open them.
@Suite("Keyrings of format 1")
struct KeyringVectorTests {
    static let protected = #"""
        {"format":1,"keyring":"3e19551cd66055ab9d966217257cc1ef","generation":6,"seen":"2027-01-15T08:00:00Z","kdf":\#
        {"name":"scrypt","n":1024,"r":8,"p":1,"salt":"+vvRXRbI/YaKaDh3uCk0BNHqoQH2QkZjBq3Sb5LTOkA="},"check":"wok3DY\#
        sP8XjY1Xe8rFCiStNz44nEjAI9I7zvKsNpys8=","keys":[{"id":"467d792e4fc8455ae9feb174c90557ae","label":"2026","pro\#
        ject":"shop","created":"2027-01-15T08:00:00Z","state":"enabled","destroy_after":null,"salt":"N2HxL6HtBPtKwzX\#
        99rMFJHrnYTxlna3mqzkr9+PGrpA=","sealed":"B1r4x42hHBR4I+ygOgIQ2kQa+8ZQVjnklPqpshCLTtL2FqH/M3wI9tqS7dcOJ1SY"},\#
        {"id":"d44d900a2e5ec3e6473786ef7c42e8d0","label":"gone","destroyed":"2027-01-15T08:00:00Z"},{"id":"23147471d\#
        85ca010a7275d655a99d1f6","label":"\"été\"\u000a","project":"shop","created":"2027-01-15T08:00:00Z","state":"\#
        pending_deletion","destroy_after":"2027-02-14T08:00:00Z","salt":"f0pFmyGmwYwaY6VQeLCCSR4IPHIV/dB9rTvDQlz1oHA\#
        =","sealed":"AsZvdY/WgLfxIgLnCCQY7pyTnjhQk8hDEzSgG9ppyeg7BdAcPwFswnHVOhabd4HD"}],"mac":"kiSbMLqQpequ9W6pnCCV\#
        DsfHNpRPppn8pNTOsp1YK3Y="}
        """#

    static let unprotected = #"""
        {"format":1,"keyring":"d9dcc2bd1922cb1988bfcf9c1eb2ad28","generation":1,"seen":"2027-01-15T08:00:00Z","kdf":\#
        {"name":"none","salt":"3lHRjNSaZKHDf6Zz0l3Bvv/OYm2whqc93AALA4sZWj8="},"check":"vHWHZ5f0fsiuawoqQ8cekgX/a/TEP\#
        j86NFVHMCmu16g=","keys":[],"mac":"BndS3Bb4ED70YXtL55R352jDmr0ofc6FW9ISCbRvm0U="}
        """#

    static let cmk = "local:3e19551cd66055ab9d966217257cc1ef/467d792e4fc8455ae9feb174c90557ae"

    static let wrapped = """
        f5192cd71ec5066fe40f4a8fe36e19af1180db3fc1dac91a5fed7b940db6d60ee83e36794e9d130780ac0aff360f81ea8330\
        09a4f3d84bff4123eb6b78abe790b5ae57ec18f9eefc771640567c846635
        """

    let fixture: KeyringFixture

    init() throws { fixture = try KeyringFixture() }

    @Test("a file that was written long ago opens, and what it wrapped too")
    func opens() async throws {
        try fixture.edit(Self.protected)
        let keyring = fixture.keyring()
        #expect(try await keyring.list().map(\.state) == [.enabled, .deleted, .pendingDeletion])
        #expect(try await keyring.list().map(\.label) == ["2026", "gone", "\"été\"\n"])
        let envelope = Envelope(
            cmk: try #require(CMK(Self.cmk)), wrapped: try #require(Hex.decode(Self.wrapped)), created: fixture.now)
        #expect(try await keyring.unwrapKey(envelope) == LocalKeyring.key)
        try await keyring.disable(envelope.cmk)
        #expect(try await keyring.edition()?.number == 7)
    }

    private struct OwnVectors: Decodable {
        struct Envelope: Decodable {
            let keyring, cmk, canonical_context, wrapped: String
        }

        let envelope: Envelope
    }

    @Test("the keyring of docs/vectors.json, which another program wrote, opens the envelope beside it")
    func ownVectors() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "docs/vectors.json"))
        let vector = try JSONDecoder().decode(OwnVectors.self, from: data).envelope
        try fixture.edit(vector.keyring)
        #expect(Hex.encode(EncryptionContext.sample().canonicalBytes) == vector.canonical_context)
        let envelope = Envelope(
            cmk: try #require(CMK(vector.cmk)), wrapped: try #require(Hex.decode(vector.wrapped)), created: fixture.now)
        #expect(try await fixture.keyring().unwrapKey(envelope) == LocalKeyring.key)
    }

    @Test("a file without a passphrase opens")
    func opensUnprotected() async throws {
        try fixture.edit(Self.unprotected)
        _ = try await fixture.keyring().createCMK(label: "a")
        #expect(fixture.timesAsked == 0)
    }
}
