import HoldfastAWS
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import NIOHTTP1
import Testing

/// The clock of `CredentialFixture` says 2027-01-31T18:00:00Z.
@Suite("Signing on at IAM Identity Center")
struct SingleSignOnTests {
    private static let path = "/home/op/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
    private static let portal =
        "GET https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?account_id=111122223333&role_name=Op"
    private static let oidc = "POST https://oidc.eu-west-1.amazonaws.com/token"
    private static let config = """
        [profile corp]
        sso_session = corp
        sso_account_id = 111122223333
        sso_role_name = Op
        [sso-session corp]
        sso_region = eu-west-1
        sso_start_url = https://corp.awsapps.com/start
        """
    private static let renewed = #"{"accessToken":"new","expiresIn":3600,"refreshToken":"next","tokenType":"Bearer"}"#
    private static let keys =
        #"{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t","expiration":1801422000000}}"#

    /// What the CLI left in its cache.
    private static func cache(
        token: String = "old", expires: String = "2027-01-31T17:00:00Z", refresh: String? = "first",
        registration: String = "2027-03-01T00:00:00Z"
    ) -> String {
        let more = refresh.map {
            #","refreshToken":"\#($0)","clientId":"id","clientSecret":"sec","registrationExpiresAt":"\#(registration)""#
        }
        return
            #"{"startUrl":"https://corp.awsapps.com/start","region":"eu-west-1","accessToken":"\#(token)","expiresAt":"\#(expires)"\#(more ?? "")}"#
    }

    private func fixture(
        _ cache: String, token: HTTPResponse? = .text(renewed), isReadOnly: Bool = false
    ) -> CredentialFixture {
        var answers: [String: [HTTPResponse]] = [Self.portal: [.text(Self.keys)]]
        if let token { answers[Self.oidc] = [token] }
        return CredentialFixture(
            ["AWS_PROFILE": "corp"], files: ["/home/op/.aws/config": Self.config, Self.path: cache], answers: answers,
            isReadOnly: isReadOnly)
    }

    private func bearers(_ fixture: CredentialFixture) -> [String] {
        fixture.sent.compactMap { $0.headers.first(name: "x-amz-sso_bearer_token") }
    }

    @Test("a token that lasts is used as it is, and nothing is written")
    func lasting() async throws {
        let cache = Self.cache(expires: "2027-01-31T18:30:00UTC")
        let fixture = fixture(cache)
        _ = try await fixture.access().credentials().credentials()
        #expect(bearers(fixture) == ["old"])
        #expect(fixture.files[Self.path] == cache)
    }

    @Test("one that has ended is renewed with the refresh token, without a signature, and written back with all else kept")
    func renewal() async throws {
        let fixture = fixture(Self.cache())
        let found = try await fixture.access().credentials().credentials()
        #expect(found.accessKeyID == "SSO")
        #expect(bearers(fixture) == ["new"])
        let request = try #require(fixture.sent.first)
        #expect(request.headers.first(name: "Content-Type") == "application/json")
        #expect(!request.headers.contains(name: "Authorization") && !request.isToNeighbour)
        let asked = try JSONObject.parse(request.body)
        #expect(asked == ["clientId": "id", "clientSecret": "sec", "grantType": "refresh_token", "refreshToken": "first"])
        let written = try JSONObject.parse(Array(try #require(fixture.files[Self.path]).utf8))
        let expected = Self.cache(token: "new", expires: "2027-01-31T19:00:00Z", refresh: "next")
        #expect(try written == JSONObject.parse(Array(expected.utf8)))
    }

    @Test("a refresh token that is not replaced goes on to serve")
    func sameRefreshToken() async throws {
        let fixture = fixture(Self.cache(), token: .text(#"{"accessToken":"new","expiresIn":3600}"#))
        _ = try await fixture.access().credentials().credentials()
        #expect(fixture.files[Self.path]?.contains(#""refreshToken":"first""#) == true)
    }

    @Test("where the cache cannot be written the token is kept in memory, and asked for once")
    func readOnly() async throws {
        let fixture = fixture(Self.cache(), isReadOnly: true)
        let source = try fixture.access().credentials()
        let first = try await source.credentials()
        _ = try await source.credentials(insteadOf: first)
        #expect(bearers(fixture) == ["new", "new"])
        #expect(fixture.sent.filter { $0.method == .post }.count == 1)
    }

    @Test(
        "where nothing can be renewed the message says how to sign on again",
        arguments: [
            (cache(refresh: nil), nil), (cache(registration: "2027-01-31T17:59:59Z"), nil),
            (cache(), HTTPResponse.text(#"{"error":"invalid_grant"}"#, status: 400)),
        ] as [(String, HTTPResponse?)])
    func ended(cache: String, token: HTTPResponse?) async throws {
        let fixture = fixture(cache, token: token)
        let error = await #expect(throws: CredentialError.self) { try await fixture.access().credentials().credentials() }
        guard case .denied = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error.map { "\($0)" }?.contains("aws sso login --profile corp") == true)
        #expect(fixture.files[Self.path] == cache)
    }

    @Test("whoever loses the race for the refresh token takes what the winner wrote")
    func race() async throws {
        let fixture = fixture(Self.cache(), token: .text(#"{"error":"invalid_grant"}"#, status: 400))
        fixture.onRequest { request in
            guard request.method == .post else { return }
            fixture.files[Self.path] = Self.cache(token: "winner's", expires: "2027-01-31T19:00:00Z", refresh: "next")
        }
        _ = try await fixture.access().credentials().credentials()
        #expect(bearers(fixture) == ["winner's"])
    }

    @Test(
        "what is no answer to that is told, and not written",
        arguments: [
            "{}", "text", #"{"accessToken":"new","expiresIn":0}"#, #"{"accessToken":"new","expiresIn":9223372036854775807}"#,
            #"{"expiresIn":3600}"#,
        ])
    func nonsense(answer: String) async throws {
        let fixture = fixture(Self.cache(), token: .text(answer))
        let error = await #expect(throws: CredentialError.self) { try await fixture.access().credentials().credentials() }
        #expect(error.map { "\($0)" }?.contains("is no token") == true)
        #expect(fixture.files[Self.path] == Self.cache())
    }

    @Test("silence is no end of the sign-on")
    func silence() async throws {
        let fixture = fixture(Self.cache(), token: nil)
        let error = await #expect(throws: CredentialError.self) { try await fixture.access().credentials().credentials() }
        guard case .unreachable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
