import HoldfastAWS
import HoldfastModel
import NIOHTTP1
import Testing

@Suite("Where no credentials are to be had")
struct CredentialRefusalTests {
    private static let keys = "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n"

    @Test(
        "what is set up and cannot be used is told, and no other place is asked",
        arguments: [
            (["AWS_ACCESS_KEY_ID": "A"], [:], "AWS_SECRET_ACCESS_KEY is not set"),
            (["AWS_PROFILE": "gone"], [:], "no such profile"),
            (
                [:],
                [
                    "/home/op/.aws/config":
                        "[default]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=r\nsource_profile=default"
                ], "circle"
            ),
            (
                [:],
                [
                    "/home/op/.aws/credentials": keys + "role_arn=r\nsource_profile=b",
                    "/home/op/.aws/config": "[profile b]\nrole_arn=r\nsource_profile=default",
                ], "circle"
            ),
            ([:], ["/home/op/.aws/config": "[default]\nrole_arn=r\nsource_profile=default"], "circle"),
            ([:], ["/home/op/.aws/config": "[default]\nrole_arn=r"], "needs a source_profile or credential_source"),
            ([:], ["/home/op/.aws/config": "[default]\nrole_arn=r\ncredential_source=Mars"], "can be Environment"),
            (
                [:], ["/home/op/.aws/config": "[default]\nrole_arn=r\ncredential_source=Environment\nsource_profile=a"],
                "has both"
            ),
            (
                [:], ["/home/op/.aws/credentials": keys + "role_arn=r\nsource_profile=default\nmfa_serial=m"],
                "aws configure export-credentials --profile default"
            ),
            (
                [:], ["/home/op/.aws/credentials": keys + "role_arn=r\nsource_profile=default\nduration_seconds=1h"],
                "from 900 to 43200"
            ),
            (["AWS_DEFAULT_PROFILE": "gone"], [:], "no such profile"),
            (["AWS_PROFILE": "gone", "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"], [:], "no such profile"),
            (["AWS_DEFAULT_PROFILE": "gone", "AWS_PROFILE": "default"], ["/home/op/.aws/credentials": keys], "no such profile"),
            (
                ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_CREDENTIAL_EXPIRATION": "soon"], [:],
                "AWS_CREDENTIAL_EXPIRATION is 'soon'"
            ),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv5"], [:], "can be IPv4 or IPv6"),
            ([:], ["/home/op/.aws/config": "[default]\naws_access_key_id=A"], "one is missing"),
            ([:], ["/home/op/.aws/credentials": "[default\n"], "line 1"),
            ([:], ["/home/op/.aws/credentials": "unreadable"], "Permission denied"),
            ([:], ["/home/op/.aws/config": "[default]\ncredential_process=/none"], "status 127"),
            (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.test/keys"], [:], "without https it is not asked"),
            (["AWS_WEB_IDENTITY_TOKEN_FILE": "/none", "AWS_ROLE_ARN": "r"], [:], "/none is not there"),
            (["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"], [:], "AWS_ROLE_ARN is not"),
        ] as [([String: String], [String: String], String)])
    func unusable(variables: [String: String], files: [String: String], text: String) async throws {
        let fixture = CredentialFixture(variables, files: files)
        let error = await #expect(throws: CredentialError.self) {
            try await fixture.access().credentials().credentials()
        }
        guard case .unusable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(text))
        #expect(fixture.sent.isEmpty)
    }

    @Test("where nothing is set up, every place says so")
    func nothing() async throws {
        let error = await #expect(throws: CredentialError.self) {
            try await CredentialFixture().access().credentials().credentials()
        }
        guard case .notFound(let reasons) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reasons.count == 5)
    }

    @Test("an expired sign-on, a refused role and a redirecting neighbour are denials")
    func denied() async throws {
        let fixtures = [
            CredentialFixture(
                files: [
                    "/home/op/.aws/config":
                        "[default]\nsso_start_url=https://d\nsso_region=eu-west-1\nsso_account_id=1\nsso_role_name=r"
                ]),
            CredentialFixture(
                ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "r"], files: ["/t": "x"],
                answers: ["POST https://sts.eu-west-1.amazonaws.com/": [.stsError("AccessDenied")]]),
            CredentialFixture(
                ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"],
                answers: ["GET http://169.254.170.2/c": [HTTPResponse(status: 302, headers: ["Location": "http://evil.test"])]]),
        ]
        for fixture in fixtures {
            let error = await #expect(throws: CredentialError.self) {
                try await fixture.access().credentials().credentials()
            }
            guard case .denied = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test("a program's output has to be of version 1", arguments: ["", #""Version":2,"#])
    func version(member: String) async throws {
        let fixture = CredentialFixture(
            files: ["/home/op/.aws/config": "[default]\ncredential_process = keys"],
            programs: ["keys": "{\(member)\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"s\"}"])
        let error = await #expect(throws: CredentialError.self) { try await fixture.access().credentials().credentials() }
        #expect(error.map { "\($0)" }?.contains("Version") == true)
    }

    @Test("keys whose end is past are not tried")
    func ended() async throws {
        let fixture = CredentialFixture([
            "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_CREDENTIAL_EXPIRATION": "2027-01-31T17:59:59Z",
        ])
        await #expect(
            throws: CredentialError.denied(
                "environment", detail: "these keys ended on 2027-01-31T17:59:59Z: export new ones, or none")
        ) {
            try await fixture.access().credentials().credentials()
        }
    }
}
