import HoldfastAWS
import HoldfastModel
import Testing

@Suite("Access to AWS as the project file says it")
struct AccessSettingsTests {
    private static let arn = "arn:aws:iam::111122223333:role/holdfast"

    @Test("region, role, external id and endpoint are taken from there")
    func taken() async throws {
        let fixture = CredentialFixture(
            ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1"],
            answers: ["POST https://sts.eu-west-1.amazonaws.com/": [.role("R")]])
        let settings = AWSSettings(
            region: "eu-west-1", role: Self.arn, externalID: "e-1", endpoint: "https://vpce-1.kms.eu-west-1.vpce.amazonaws.com")
        let access = try AWSAccess(settings, project: "shop", surroundings: fixture.surroundings)
        #expect(access.region == "eu-west-1")
        #expect(try access.endpoints.endpoint(of: .kms, in: "eu-west-1").host.hasPrefix("vpce-1."))
        _ = try await access.credentials().credentials()
        #expect(fixture.bodies.first?.contains("RoleSessionName=holdfast-shop") == true)
        #expect(fixture.bodies.first?.contains("ExternalId=e-1") == true)
    }

    @Test("a Region that is not in the file is the environment's")
    func region() throws {
        let fixture = CredentialFixture(["AWS_REGION": "us-west-2"])
        #expect(try AWSAccess(AWSSettings(), project: "p", surroundings: fixture.surroundings).region == "us-west-2")
    }

    @Test(
        "what is wrong there is told with what to write",
        arguments: [
            (AWSSettings(), "add region:"), (AWSSettings(region: "EU West"), "no name of a Region"),
            (AWSSettings(region: "r", externalID: "e"), "needs a role:"),
            (AWSSettings(region: "r", role: arn, externalID: "e"), "2 to 1224"),
            (AWSSettings(region: "r", role: "holdfast"), "arn:aws:iam::ACCOUNT:role/NAME"),
            (AWSSettings(region: "r", trustedRoles: [arn + "\n"]), "trusted_roles: '"),
            (AWSSettings(region: "r", endpoint: "kms.local"), "https://HOST"),
            (AWSSettings(region: "r", endpoint: "http://kms.local"), "use https"),
        ])
    func wrong(settings: AWSSettings, text: String) {
        let error = #expect(throws: CredentialError.self) {
            try AWSAccess(settings, project: "p", surroundings: CredentialFixture().surroundings)
        }
        #expect(error.map { "\($0)" }?.contains(text) == true)
    }

    @Test("with private_only STS too is asked by a private address alone")
    func privateOnly() async throws {
        let fixture = ClientFixture([.success(200)])
        let access = try AWSAccess(
            AWSSettings(region: "r", role: Self.arn, privateOnly: true), project: "p",
            variables: ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"], transport: fixture, timing: fixture.timing,
            resolver: TableResolver(["sts.r.amazonaws.com": ["52.1.2.3"]]))
        let error = await #expect(throws: CredentialError.self) { try await access.credentials().credentials() }
        #expect(error.map { "\($0)" }?.contains("52.1.2.3 is public") == true)
        #expect(fixture.sent == 0)
    }

    @Test("keys last until they are revoked, unless they are a session's")
    func isStatic() {
        let keys = Credentials(accessKeyID: "A", secretKey: "s", origin: .environment)
        let session = Credentials(accessKeyID: "A", secretKey: "s", sessionToken: "t", origin: .environment)
        let role = Credentials(accessKeyID: "A", secretKey: "s", origin: .role(Self.arn))
        #expect(keys.isStatic && !session.isStatic && !role.isStatic)
    }
}
