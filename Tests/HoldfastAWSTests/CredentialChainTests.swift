import HoldfastAWS
import HoldfastModel
import NIOHTTP1
import Testing

@Suite("The search for credentials")
struct CredentialChainTests {
    private static let sts = "POST https://sts.eu-west-1.amazonaws.com/"
    private static let arn = "arn:aws:iam::111122223333:role/backup"
    private static let keys = "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n"
    private static let instance = "http://169.254.169.254/latest"

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fixture: CredentialFixture
        let id: String
        let origin: CredentialOrigin
    }

    @Test(
        "each place gives what it has, and the first that is set up counts",
        arguments: [
            Case(
                testDescription: "the environment before the files",
                fixture: CredentialFixture(
                    ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"], files: ["/home/op/.aws/credentials": keys]),
                id: "ENV", origin: .environment),
            Case(
                testDescription: "a web identity before the files",
                fixture: CredentialFixture(
                    ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": arn],
                    files: ["/token": "jwt\n", "/home/op/.aws/credentials": keys],
                    answers: [sts: [.role("WEB", action: "AssumeRoleWithWebIdentity")]]),
                id: "WEB", origin: .role(arn)),
            Case(
                testDescription: "the credentials file, over the config file",
                fixture: CredentialFixture(
                    files: [
                        "/home/op/.aws/credentials": keys,
                        "/home/op/.aws/config": "[default]\naws_access_key_id=X\naws_secret_access_key=x\nregion=eu-west-1",
                    ]),
                id: "FILE", origin: .profile("default")),
            Case(
                testDescription: "a named profile in files elsewhere, with comments and nested keys",
                fixture: CredentialFixture(
                    ["AWS_PROFILE": "prod", "AWS_CONFIG_FILE": "~/cfg"],
                    files: [
                        "/home/op/cfg":
                            "# x\r\n[profile prod]\r\ns3 =\r\n  max = 1\r\naws_access_key_id = CFG # why\r\naws_secret_access_key=s\r\n"
                    ]),
                id: "CFG", origin: .profile("prod")),
            Case(
                testDescription: "a role by way of another profile",
                fixture: CredentialFixture(
                    ["AWS_PROFILE": "r"],
                    files: [
                        "/home/op/.aws/config": "[profile r]\nrole_arn=\(arn)\nsource_profile=default\nexternal_id=e x\n",
                        "/home/op/.aws/credentials": keys,
                    ], answers: [sts: [.role("ROLE")]]),
                id: "ROLE", origin: .role(arn)),
            Case(
                testDescription: "a role whose profile is its own source",
                fixture: CredentialFixture(
                    files: ["/home/op/.aws/credentials": keys + "role_arn=\(arn)\nsource_profile=default"],
                    answers: [sts: [.role("SELF")]]), id: "SELF", origin: .role(arn)),
            Case(
                testDescription: "a role with the environment's keys, which a profile asks for by name",
                fixture: CredentialFixture(
                    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"],
                    files: ["/home/op/.aws/config": "[default]\nrole_arn=\(arn)\ncredential_source=EcsContainer"],
                    answers: ["GET http://169.254.170.2/c": [.keys("C")], sts: [.role("CS")]]), id: "CS", origin: .role(arn)),
            Case(
                testDescription: "a profile's role before a web identity",
                fixture: CredentialFixture(
                    ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "r"],
                    files: ["/token": "jwt", "/home/op/.aws/credentials": keys + "role_arn=\(arn)\nsource_profile=default"],
                    answers: [sts: [.role("ROLE")]]), id: "ROLE", origin: .role(arn)),
            Case(
                testDescription: "a role over two others",
                fixture: CredentialFixture(
                    ["AWS_PROFILE": "a"],
                    files: [
                        "/home/op/.aws/config":
                            "[profile a]\nrole_arn=\(arn)\nsource_profile=b\n[profile b]\nrole_arn=r2\nsource_profile=c\n[profile c]\nrole_arn=r3\nsource_profile=default",
                        "/home/op/.aws/credentials": keys,
                    ], answers: [sts: [.role("THIRD"), .role("SECOND"), .role("FIRST")]]), id: "FIRST", origin: .role(arn)),
            Case(
                testDescription: "of a source profile its keys before its role",
                fixture: CredentialFixture(
                    ["AWS_PROFILE": "a"],
                    files: [
                        "/home/op/.aws/config": "[profile a]\nrole_arn=\(arn)\nsource_profile=default",
                        "/home/op/.aws/credentials": keys + "role_arn=other\nsource_profile=gone",
                    ], answers: [sts: [.role("ONE HOP")]]), id: "ONE HOP", origin: .role(arn)),
            Case(
                testDescription: "a sign-on before the same profile's keys",
                fixture: CredentialFixture(
                    files: [
                        "/home/op/.aws/config":
                            "[default]\nsso_start_url=corp\nsso_region=eu-west-1\nsso_account_id=1\nsso_role_name=Op\n",
                        "/home/op/.aws/credentials": keys,
                        "/home/op/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json":
                            #"{"accessToken":"bearer","expiresAt":"2027-01-31T18:30:00UTC"}"#,
                    ],
                    answers: [
                        "GET https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?account_id=1&role_name=Op": [
                            .text(
                                #"{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t","expiration":1801422000000}}"#
                            )
                        ]
                    ]),
                id: "SSO", origin: .singleSignOn(account: "1", role: "Op")),
            Case(
                testDescription: "a profile whose name has blanks in it",
                fixture: CredentialFixture(
                    ["AWS_PROFILE": "the prod"],
                    files: ["/home/op/.aws/config": "[profile \"the prod\"]\naws_access_key_id=Q\naws_secret_access_key=s"]),
                id: "Q", origin: .profile("the prod")),
            Case(
                testDescription: "keys that say when they end",
                fixture: CredentialFixture([
                    "AWS_ACCESS_KEY_ID": "EXP", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
                    "AWS_CREDENTIAL_EXPIRATION": "2027-01-31T19:00:00+00:00",
                ]), id: "EXP", origin: .environment),
            Case(
                testDescription: "an EC2 instance by IPv6, as the profile has it",
                fixture: CredentialFixture(
                    files: ["/home/op/.aws/config": "[default]\nec2_metadata_service_endpoint_mode = IPv6"],
                    answers: [
                        "PUT http://[fd00:ec2::254]/latest/api/token": [.text("token")],
                        "GET http://[fd00:ec2::254]/latest/meta-data/iam/security-credentials/": [.text("web")],
                        "GET http://[fd00:ec2::254]/latest/meta-data/iam/security-credentials/web": [.keys("SIX")],
                    ]), id: "SIX", origin: .instance(role: "web")),
            Case(
                testDescription: "an EC2 instance at an address of its own, whatever the mode says",
                fixture: CredentialFixture(
                    [
                        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://imds.test:1338/x/",
                        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv6",
                    ],
                    answers: [
                        "PUT http://imds.test:1338/x/latest/api/token": [.text("token")],
                        "GET http://imds.test:1338/x/latest/meta-data/iam/security-credentials/": [.text("web")],
                        "GET http://imds.test:1338/x/latest/meta-data/iam/security-credentials/web": [.keys("OWN")],
                    ]), id: "OWN", origin: .instance(role: "web")),
            Case(
                testDescription: "a program's output",
                fixture: CredentialFixture(
                    files: ["/home/op/.aws/config": "[default]\ncredential_process = /bin/keys --for 'me'"],
                    programs: [
                        "/bin/keys --for 'me'": #"{"Version":1,"AccessKeyId":"PROC","SecretAccessKey":"s"}"#
                    ]),
                id: "PROC", origin: .process(profile: "default")),
            Case(
                testDescription: "a program before keys that stand beside it in the config file",
                fixture: CredentialFixture(
                    files: ["/home/op/.aws/config": keys + "credential_process = keys"],
                    programs: ["keys": #"{"Version":1,"AccessKeyId":"PROC","SecretAccessKey":"s"}"#]),
                id: "PROC", origin: .process(profile: "default")),
            Case(
                testDescription: "keys in the credentials file before a program",
                fixture: CredentialFixture(
                    files: [
                        "/home/op/.aws/config": "[default]\ncredential_process = keys", "/home/op/.aws/credentials": keys,
                    ]),
                id: "FILE", origin: .profile("default")),
            Case(
                testDescription: "a sign-on by its session's name",
                fixture: CredentialFixture(
                    files: [
                        "/home/op/.aws/config":
                            "[default]\nsso_session=corp\nsso_account_id=111122223333\nsso_role_name=Op\n[sso-session corp]\nsso_region=eu-west-1",
                        "/home/op/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json":
                            #"{"accessToken":"bearer","expiresAt":"2027-01-31T18:30:00Z"}"#,
                    ],
                    answers: [
                        "GET https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?account_id=111122223333&role_name=Op":
                            [
                                .text(
                                    #"{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t","expiration":1801422000000}}"#
                                )
                            ]
                    ]),
                id: "SSO", origin: .singleSignOn(account: "111122223333", role: "Op")),
            Case(
                testDescription: "ECS, where an item of the query has no name",
                fixture: CredentialFixture(
                    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/creds?=&id=1"],
                    answers: ["GET http://169.254.170.2/v2/creds?=&id=1": [.keys("ECS")]]), id: "ECS", origin: .container),
            Case(
                testDescription: "EKS Pod Identity, with the token of its file",
                fixture: CredentialFixture(
                    [
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
                        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/var/token",
                    ], files: ["/var/token": "pod-token\n"],
                    answers: ["GET http://169.254.170.23/v1/credentials": [.text("busy", status: 503), .keys("EKS")]]),
                id: "EKS", origin: .container),
            Case(
                testDescription: "an EC2 instance, by version 2",
                fixture: CredentialFixture(
                    answers: [
                        "PUT \(instance)/api/token": [.text("token")],
                        "GET \(instance)/meta-data/iam/security-credentials/": [.text("web\n")],
                        "GET \(instance)/meta-data/iam/security-credentials/web": [.keys("EC2")],
                    ]), id: "EC2", origin: .instance(role: "web")),
        ])
    func places(_ testCase: Case) async throws {
        let found = try await testCase.fixture.access().credentials().credentials()
        #expect(found.accessKeyID == testCase.id)
        #expect(found.origin == testCase.origin)
    }

    @Test("the project's role is assumed with its external id, in the Region's own STS, and signed")
    func projectRole() async throws {
        let fixture = CredentialFixture(
            ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"], answers: [Self.sts: [.role("ROLE")]])
        let role = RoleRequest(arn: Self.arn, externalID: "shop 1", sessionName: "holdfast/shop")
        let found = try await fixture.access(role: role).credentials().credentials()
        #expect(found.origin == .role(Self.arn))
        #expect(!found.isStatic)
        let body = try #require(fixture.bodies.first)
        #expect(body.contains("ExternalId=shop%201"))
        #expect(body.contains("RoleSessionName=holdfast-shop&"))
        let authorization = try #require(fixture.sent.first?.headers.first(name: "Authorization"))
        #expect(authorization.contains("/eu-west-1/sts/aws4_request"))
    }

    @Test(
        "throttling by STS is waited for, and denies nothing",
        arguments: ["Throttling", "ThrottlingException", "RequestLimitExceeded"])
    func throttled(code: String) async throws {
        let environment = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"]
        let role = RoleRequest(arn: Self.arn, externalID: nil, sessionName: "s")
        let refusal = HTTPResponse.stsError(code, status: 400)
        let passing = CredentialFixture(environment, answers: [Self.sts: [refusal, .role("ROLE")]])
        #expect(try await passing.access(role: role).credentials().credentials().accessKeyID == "ROLE")

        let lasting = CredentialFixture(environment, answers: [Self.sts: [refusal]])
        let error = await #expect(throws: CredentialError.self) {
            try await lasting.access(role: role).credentials().credentials()
        }
        guard case .unreachable(_, let detail) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(detail.contains(code))
    }

    @Test("a web identity's token goes to STS without a signature")
    func unsigned() async throws {
        let fixture = CredentialFixture(
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": Self.arn], files: ["/t": "jwt"],
            answers: [
                Self.sts: [.stsError("IDPCommunicationError", status: 400), .role("W", action: "AssumeRoleWithWebIdentity")]
            ])
        _ = try await fixture.access().credentials().credentials()
        #expect(fixture.sent.count == 2)
        #expect(fixture.sent.allSatisfy { !$0.headers.contains(name: "Authorization") })
        #expect(fixture.bodies.allSatisfy { $0.contains("WebIdentityToken=jwt") })
    }

    @Test("a profile's role is assumed for as long as the profile says, and a web identity's under the environment's name")
    func requests() async throws {
        let long = CredentialFixture(
            files: ["/home/op/.aws/credentials": Self.keys + "role_arn=r\nsource_profile=default\nduration_seconds=7200"],
            answers: [Self.sts: [.role("R")]])
        _ = try await long.access().credentials().credentials()
        #expect(long.bodies.first?.contains("DurationSeconds=7200") == true)
        let named = CredentialFixture(
            ["AWS_ROLE_SESSION_NAME": "pod-7"],
            files: [
                "/home/op/.aws/config": "[default]\nrole_arn=r\nrole_session_name=x\nweb_identity_token_file=~/t",
                "/home/op/t": "jwt",
            ],
            answers: [Self.sts: [.role("W", action: "AssumeRoleWithWebIdentity")]])
        _ = try await named.access().credentials().credentials()
        #expect(named.bodies.first?.contains("RoleSessionName=pod-7&") == true)
    }

    @Test("a role over two others is assumed from the last one on, each with what the one before gave")
    func chain() async throws {
        let fixture = CredentialFixture(
            ["AWS_PROFILE": "a", "AWS_STS_REGIONAL_ENDPOINTS": "legacy"],
            files: [
                "/home/op/.aws/config":
                    "[profile a]\nrole_arn=r1\nsource_profile=b\n[profile b]\nrole_arn=r2\nsource_profile=default",
                "/home/op/.aws/credentials": Self.keys,
            ], answers: [Self.sts: [.role("SECOND"), .role("FIRST")]])
        _ = try await fixture.access().credentials().credentials()
        #expect(fixture.bodies.map { $0.contains("RoleArn=r2&") } == [true, false])
        let signers = fixture.sent.compactMap { $0.headers.first(name: "Authorization") }.map { $0.contains("Credential=FILE/") }
        #expect(signers == [true, false])
    }

    @Test("the Region is the environment's, else the profile's")
    func region() throws {
        let files = ["/home/op/.aws/config": "[default]\nregion = eu-central-1\n"]
        #expect(try AWSAccess.region(of: CredentialFixture(["AWS_REGION": "r-1"], files: files).machine) == "r-1")
        #expect(try AWSAccess.region(of: CredentialFixture(files: files).machine) == "eu-central-1")
        #expect(try AWSAccess.region(of: CredentialFixture().machine) == nil)
    }
}
