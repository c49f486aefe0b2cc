import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("The names of AWS KMS's errors")
struct KMSFaultTests {
    enum Meaning: Sendable {
        case notFound, denied, incorrect, unsuitable, silence
    }

    private static func meaning(_ error: KeyManagerError?) -> Meaning? {
        switch error {
        case .notFound: .notFound
        case .denied: .denied
        case .incorrect: .incorrect
        case .unsuitable: .unsuitable
        case .unreachable: .silence
        default: nil
        }
    }

    /// DisabledException and KMSInvalidStateException, of which only DescribeKey says more, are in `KMSErrorTests`.
    @Test(
        "each means one thing, and what only passes or complains of the caller says nothing of the CMK",
        arguments: [
            ("NotFoundException", .notFound), ("AccessDeniedException", .denied), ("IncorrectKeyException", .incorrect),
            ("InvalidCiphertextException", .incorrect), ("InvalidKeyUsageException", .unsuitable),
            ("UnsupportedOperationException", .unsuitable), ("InvalidArnException", .unsuitable),
            ("ValidationException", .unsuitable), ("KeyUnavailableException", .silence),
            ("DependencyTimeoutException", .silence), ("KMSInternalException", .silence), ("ThrottlingException", .silence),
            ("LimitExceededException", .silence), ("InvalidGrantTokenException", .silence), ("ExpiredTokenException", .silence),
            ("UnrecognizedClientException", .silence), ("InvalidSignatureException", .silence), ("RequestExpired", .silence),
            ("DryRunOperationException", .silence), ("NobodyKnowsException", .silence),
        ] as [(String, Meaning)])
    func names(code: String, meaning: Meaning) async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            fixture.fake.setWeather(.failing(code: code, status: 400, times: 99), in: "us-east-1")
            let error = await #expect(throws: KeyManagerError.self) { try await manager.wrapProbe(under: cmk) }
            #expect(Self.meaning(error) == meaning, "\(String(describing: error))")
        }
    }

    @Test("a request that is too old complains of the clock, and new credentials are not got for it")
    func requestExpired() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            fixture.fake.setWeather(.failing(code: "RequestExpired", status: 400, times: 99), in: "us-east-1")
            let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
            #expect(error.map { "\($0)" }?.contains("clock") == true)
            #expect(fixture.fake.log.count == 1)
        }
    }

    @Test("a CMK of another Region than region: is reached in its own, at that Region's address")
    func elsewhere() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK(in: ["eu-central-1"]))
            #expect(try await manager.opensProbe(manager.wrapProbe(under: cmk)))
            _ = try await manager.describe(cmk)
            #expect(fixture.fake.log == ["eu-central-1 Encrypt", "eu-central-1 Decrypt", "eu-central-1 DescribeKey"])
            let endpoints = ServiceEndpoints(
                region: "us-east-1", explicit: [.kms: "https://vpce-1.kms.us-east-1.vpce.amazonaws.com"])
            #expect(try endpoints.endpoint(of: .kms, in: "eu-central-1").host == "kms.eu-central-1.amazonaws.com")
        }
    }
}
