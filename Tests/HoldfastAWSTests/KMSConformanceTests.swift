import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("AWS KMS holds what the port promises")
struct KMSConformanceTests {
    @Test("against the strict fake", arguments: KeyManagerConformance.sentences)
    func fake(_ sentence: KeyManagerConformance.Sentence) async throws {
        try await KMSFixture.run { fixture in
            let manager = try fixture.manager()
            let subject = KeyManagerConformance.Subject(
                manager: manager, project: KMSFixture.project,
                unknown: try fixture.cmk("arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000"),
                createCMK: { try fixture.createCMK($0) }, prove: { pretendedProof(of: $0) })
            try await sentence.holds(subject)
        }
    }
}
