import HoldfastAWS
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// Whoever stands in for AWS KMS, by an endpoint that is wrong or hostile, is taken at no word that was not asked for.
@Suite("Answers that AWS KMS does not give")
struct KMSHostileTests {
    private static let asked = "arn:aws:kms:us-east-1:111122223333:key/0000"
    private static let other = "arn:aws:kms:us-east-1:111122223333:key/1111"

    /// A key manager whose every request is answered with this.
    private func manager(_ body: String) throws -> (AWSKeyManager, CMK) { try manager(answers: [body]) }

    /// The same, where each is the next one's answer, and the last everybody's after.
    private func manager(answers: [String]) throws -> (AWSKeyManager, CMK) {
        let urls = ["us-east-1", "eu-west-1"].map { "POST https://kms.\($0).amazonaws.com/" }
        let fixture = CredentialFixture(
            ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"],
            answers: Dictionary(uniqueKeysWithValues: urls.map { ($0, answers.map { .text($0) }) }))
        let access = fixture.access()
        let manager = AWSKeyManager(.init(access: access, credentials: try access.credentials(), clock: { fixture.clock.now }))
        return (manager, try #require(CMK("aws-kms:\(Self.asked)")))
    }

    @Test(
        "W11: a key that another CMK opened, and an envelope that another CMK made, are refused", arguments: [other, "alias/x"])
    func otherKey(named: String) async throws {
        let (manager, cmk) = try manager(#"{"KeyId":"\#(named)","Plaintext":"AAAA","CiphertextBlob":"AAAA"}"#)
        await #expect(throws: KeyManagerError.incorrect(cmk)) { try await manager.wrapProbe(under: cmk) }
        let envelope = Envelope(cmk: cmk, wrapped: [1], created: Timestamp(seconds: 0))
        await #expect(throws: KeyManagerError.incorrect(cmk)) { try await manager.opensProbe(envelope) }
    }

    @Test(
        "what is not understood is silence",
        arguments: ["", "null", "[]", "{}", "<html>", #"{"KeyId":1}"#, #"{"KeyId":"\#(asked)","Plaintext":"*"}"#])
    func garbage(body: String) async throws {
        let (manager, cmk) = try manager(body)
        let envelope = Envelope(cmk: cmk, wrapped: [1], created: Timestamp(seconds: 0))
        let calls: [@Sendable () async throws -> Void] = [
            { _ = try await manager.wrapProbe(under: cmk) }, { _ = try await manager.opensProbe(envelope) },
            { _ = try await manager.describe(cmk) }, { _ = try await manager.list() },
        ]
        for call in calls {
            let error = await #expect(throws: KeyManagerError.self) { try await call() }
            #expect(error?.isSilence == true)
        }
    }

    @Test("a wrapped key that Decrypt would not take is silence too, and never stored", arguments: [0, 6145])
    func wrappedLength(byteCount: Int) async throws {
        let wrapped = Base64.encode([UInt8](repeating: 1, count: byteCount))
        let (manager, cmk) = try manager(#"{"KeyId":"\#(Self.asked)","CiphertextBlob":"\#(wrapped)"}"#)
        let error = await #expect(throws: KeyManagerError.self) { try await manager.wrapProbe(under: cmk) }
        #expect(error?.isSilence == true)
    }

    @Test("a list whose pages lead in a circle ends")
    func circle() async throws {
        let (manager, _) = try manager(#"{"Keys":[],"Aliases":[],"Truncated":true,"NextMarker":"a"}"#)
        let error = await #expect(throws: KeyManagerError.self) { try await manager.list() }
        #expect(error?.isSilence == true && "\(String(describing: error))".contains("leads nowhere"))
    }

    @Test("a list that goes on for ever, each page with a marker of its own, ends")
    func endless() async throws {
        let pages = (0...2000).map { #"{"Keys":[],"Truncated":true,"NextMarker":"\#($0)"}"# }
        let (manager, _) = try manager(answers: pages + [#"{"Keys":[],"Truncated":false}"#])
        let error = await #expect(throws: KeyManagerError.self) { try await manager.list() }
        #expect(error?.isSilence == true && "\(String(describing: error))".contains("never comes to an end"))
    }

    @Test("a time that no calendar has is not understood", arguments: [Int64.min, .max, 253_402_387_200])
    func oddTime(seconds: Int64) async throws {
        for member in ["CreationDate", "DeletionDate", "ValidTo"] {
            let key = #"{"KeyMetadata":{"Arn":"\#(Self.asked)","KeyState":"Enabled","\#(member)":\#(seconds)}}"#
            let (manager, cmk) = try manager(key)
            let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
            #expect(error?.isSilence == true)
        }
        let note =
            #"{"KeyLastUsage":{"Operation":"Encrypt","Timestamp":\#(seconds)},"KeyRotationEnabled":true,"NextRotationDate":\#(seconds)}"#
        let (manager, cmk) = try manager(note)
        let notes = try #require(await manager.notes(on: cmk))
        #expect(notes.lastUsed == nil && notes.lines.allSatisfy { $0.contains("is not known") }, "\(notes.lines)")
    }

    @Test("a description of another key than the one that was asked for is no answer")
    func otherDescription() async throws {
        let (manager, cmk) = try manager(#"{"KeyMetadata":{"Arn":"\#(Self.other)","KeyState":"Enabled"}}"#)
        let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
        #expect(error?.isSilence == true)
    }
}
