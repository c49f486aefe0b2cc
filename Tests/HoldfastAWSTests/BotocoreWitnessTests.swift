import Foundation
import HoldfastAWS
import HoldfastFormat
import HoldfastModel
import HoldfastTestingAWS
import Testing

/// What botocore makes of the same variables and files, and what we make of them.
@Suite(
    "The same machine, as botocore sees it",
    .enabled(if: MotoFixture.python != nil, "scripts/aws-test says which Python has boto3"))
struct BotocoreWitnessTests {
    private static let proxyScript = """
        import json, os, urllib.parse, botocore.httpsession, botocore.utils
        for case in json.loads(os.environ["CASES"]):
            os.environ.clear()
            os.environ.update(case["variables"])
            proxies = botocore.httpsession.ProxyConfiguration(botocore.utils.get_environ_proxies(case["url"]))
            proxy = urllib.parse.urlparse(proxies.proxy_url_for(case["url"]) or "")
            print(f"{proxy.hostname}:{proxy.port or 80}" if proxy.hostname else "-")
        """

    @Test("each host is reached through the same proxy")
    func proxies() async throws {
        let exceptions = [
            "", "*", "amazonaws.com", ".amazonaws.com", "AMAZONAWS.com", "east-1.amazonaws.com", "kms.us-east-1.amazonaws.com",
            "a.test, amazonaws.com ,b", "10.1.2.3", "s3.test:9000", "s3.test:9001", "test:9000", "s3.test",
        ]
        let urls = ["https://kms.us-east-1.amazonaws.com", "https://10.1.2.3", "http://s3.test:9000"]
        let settings: [[String: String]] = [
            ["HTTPS_PROXY": "http://up:1", "HTTP_PROXY": "plain:2"], ["https_proxy": "http://u:p%40@low:1", "HTTPS_PROXY": "up"],
            ["https_proxy": "", "HTTPS_PROXY": "http://up:1"], ["HTTP_PROXY": "//p:3", "REQUEST_METHOD": "GET"],
            ["ALL_PROXY": "http://all:1"],
        ]
        var cases: [(variables: [String: String], url: String)] = []
        for variables in settings {
            for exception in exceptions {
                for url in urls {
                    cases.append((variables.merging(["NO_PROXY": exception]) { old, _ in old }, url))
                    cases.append((variables.merging(["no_proxy": exception, "NO_PROXY": "*"]) { old, _ in old }, url))
                }
            }
        }
        let input = JSONValue.array(
            cases.map { variables, url in .object(["url": .string(url), "variables": .object(Self.object(variables))]) })
        let answers = try await Botocore.run(
            Self.proxyScript, ["CASES": String(decoding: input.serialized, as: UTF8.self)])
        #expect(answers.count == cases.count)
        for ((variables, url), answer) in zip(cases, answers) {
            let request = HTTPRequest(.get, try #require(Endpoint(url: url)))
            let ours = try ProxyRules(variables: variables).proxy(for: request).map { "\($0)" } ?? "-"
            #expect(ours == answer, "\(variables) \(url)")
        }
    }

    private static let identityScript = """
        import json, os, boto3, botocore.config, botocore.session
        for case in json.loads(os.environ["CASES"]):
            os.environ.clear()
            os.environ.update(case)
            try:
                config = botocore.config.Config(retries={"max_attempts": 0})
                sts = boto3.Session(botocore_session=botocore.session.Session()).client("sts", "us-east-1", config=config)
                print(sts.get_caller_identity()["Arn"])
            except Exception: print("none")
        """

    /// A machine's variables and files; `USER` in them stands for the keys of that user, `ROLE` for an ARN.
    struct Machine: Sendable {
        var variables: [String: String] = [:]
        var config = ""
        var credentials = ""
        /// Whom AWS sees, user or role; nil for an error.
        let identity: String?
    }

    private static let machines = [
        Machine(variables: ["AWS_PROFILE": "a", "KEYS": "env"], config: "[profile a]\nKEYS:a", identity: "user/env"),
        Machine(config: "[default]\nKEYS:a", credentials: "[default]\nKEYS:b", identity: "user/b"),
        Machine(config: "[default]\ncredential_process = PROCESS:c 1", credentials: "[default]\nKEYS:b", identity: "user/b"),
        Machine(config: "[default]\nKEYS:a\ncredential_process = PROCESS:c 1", identity: "user/c"),
        Machine(config: "[default]\ncredential_process = PROCESS:c 1", identity: "user/c"),
        Machine(config: "[default]\ncredential_process = PROCESS:c 2", identity: nil),
        Machine(config: "[default]\naws_access_key_id = x", identity: nil),
        Machine(variables: ["AWS_PROFILE": "gone"], credentials: "[default]\nKEYS:a", identity: nil),
        Machine(variables: ["AWS_PROFILE": "gone", "KEYS": "env"], identity: nil),
        Machine(variables: ["AWS_DEFAULT_PROFILE": "gone"], credentials: "[default]\nKEYS:a", identity: nil),
        Machine(
            variables: ["AWS_DEFAULT_PROFILE": "b", "AWS_PROFILE": "a"], credentials: "[a]\nKEYS:a\n[b]\nKEYS:b",
            identity: "user/b"),
        Machine(variables: ["AWS_PROFILE": "a b"], config: "[profile \"a b\"]\nKEYS:a", identity: "user/a"),
        Machine(variables: ["AWS_PROFILE": "a b"], config: "[profile 'a b']\nKEYS:a", identity: "user/a"),
        Machine(
            variables: ["AWS_PROFILE": "r"], config: "[profile r]\nrole_arn=ROLE:r\nsource_profile=a\n[profile a]\nKEYS:a",
            identity: "role/r"),
        Machine(
            variables: ["AWS_PROFILE": "r"],
            config:
                "[profile r]\nrole_arn=ROLE:r\nsource_profile=s\n[profile s]\nrole_arn=ROLE:s\nsource_profile=a\n[profile a]\nKEYS:a",
            identity: "role/r"),
        Machine(
            variables: ["AWS_PROFILE": "r"],
            config: "[profile r]\nrole_arn=ROLE:r\nsource_profile=s\n[profile s]\nrole_arn=nonsense\nsource_profile=a\nKEYS:a",
            identity: "role/r"),
        Machine(config: "[default]\nrole_arn=ROLE:r\nsource_profile=default\nKEYS:a", identity: "role/r"),
        Machine(config: "[default]\nrole_arn=ROLE:r\nsource_profile=default", identity: nil),
        Machine(
            config: "[default]\nrole_arn=ROLE:r\nsource_profile=b\nKEYS:a\n[profile b]\nrole_arn=ROLE:s\nsource_profile=default",
            identity: nil),
        Machine(config: "[default]\nrole_arn=ROLE:r", identity: nil),
        Machine(
            config: "[default]\nrole_arn=ROLE:r\nsource_profile=a\ncredential_source=Environment\n[profile a]\nKEYS:a",
            identity: nil),
        Machine(config: "[default]\nrole_arn=ROLE:r\ncredential_source=Mars", identity: nil),
        Machine(
            variables: ["AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN", "AWS_ROLE_ARN": "ROLE:w"], credentials: "[default]\nKEYS:a",
            identity: "role/w"),
        Machine(
            variables: ["AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN", "AWS_ROLE_ARN": "ROLE:w"],
            credentials: "[default]\nrole_arn=ROLE:r\nsource_profile=default\nKEYS:a", identity: "role/r"),
        Machine(config: "[default]\nrole_arn=ROLE:w\nweb_identity_token_file=TOKEN\nKEYS:a", identity: "role/w"),
        Machine(variables: ["KEYS": "env", "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"], identity: nil),
        Machine(variables: ["KEYS": "env", "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00+00:00"], identity: "user/env"),
        Machine(identity: nil),
    ]

    @Test("the same variables and files lead to the same user or role, or to none")
    func identities() async throws {
        let fake = FakeAWS(now: MotoFixture.now)
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await fake.serving { url in
            let written = try Self.machines.enumerated().map { index, machine in
                try Self.write(machine, to: folder.appending(path: "home\(index)"), fake, url)
            }
            let input = JSONValue.array(written.map { .object(Self.object($0)) })
            let theirs = try await Botocore.run(
                Self.identityScript, ["CASES": String(decoding: input.serialized, as: UTF8.self)])
            #expect(theirs.count == written.count)
            for ((machine, variables), answer) in zip(zip(Self.machines, written), theirs) {
                let expected = machine.identity ?? "none"
                #expect(Self.plain(answer) == expected, "botocore: \(machine)")
                #expect(await Self.identity(variables) == expected, "ours: \(machine)")
            }
        }
    }

    /// Puts a machine's files below a home directory; its variables.
    private static func write(_ machine: Machine, to home: URL, _ fake: FakeAWS, _ url: String) throws -> [String: String] {
        try FileManager.default.createDirectory(at: home.appending(path: ".aws"), withIntermediateDirectories: true)
        let (program, token) = (home.appending(path: "my keys"), home.appending(path: "token"))
        try Data("some jwt".utf8).write(to: token)
        let answer = #"echo "{\"Version\":$2,\"AccessKeyId\":\"${1%%/*}\",\"SecretAccessKey\":\"${1#*/}\"}""#
        try Data("#!/bin/sh\n\(answer)\n".utf8).write(to: program)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program.path)
        func filled(_ text: String) -> String {
            var text = text.replacing("TOKEN", with: token.path)
            for name in ["r", "s"] { text = text.replacing("ROLE:\(name)", with: fake.createRole(name)) }
            text = text.replacing("ROLE:w", with: fake.createRole("w", tokens: ["some jwt"]))
            for name in ["a", "b", "c"] {
                let user = fake.createUser(name)
                text = text.replacing(
                    "KEYS:\(name)", with: "aws_access_key_id = \(user.id)\naws_secret_access_key = \(user.secret)")
                text = text.replacing("PROCESS:\(name)", with: "\"\(program.path)\" '\(user.id)/\(user.secret)'")
            }
            return text
        }
        try Data(filled(machine.config).utf8).write(to: home.appending(path: ".aws/config"))
        try Data(filled(machine.credentials).utf8).write(to: home.appending(path: ".aws/credentials"))
        var variables = machine.variables.mapValues(filled)
        if let name = variables.removeValue(forKey: "KEYS") {
            (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) = fake.createUser(name)
        }
        let common = ["HOME": home.path, "AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_DISABLED": "true", "PATH": "/usr/bin:/bin"]
        return variables.merging(common) { own, _ in own }
    }

    private static func identity(_ variables: [String: String]) async -> String {
        let transport = AsyncHTTPTransport(userAgent: "holdfast-tests")
        let timing = RequestTiming.system(now: MotoFixture.now)
        let identity: String
        do {
            let access = try AWSAccess(
                AWSSettings(region: "us-east-1"), project: "p", machine: .system(variables: variables), transport: transport,
                proxies: .none, timing: timing)
            identity = try await access.identity(of: access.credentials())
        } catch {
            identity = "none"
        }
        await transport.shutdown()
        return plain(identity)
    }

    /// `user/NAME` or `role/NAME`, whatever the session is called.
    private static func plain(_ arn: String) -> String {
        let resource = arn.split(separator: ":").last ?? ""
        let parts = resource.split(separator: "/")
        return parts.first == "assumed-role" ? "role/\(parts[1])" : String(resource)
    }

    private static func object(_ variables: [String: String]) -> JSONObject {
        variables.reduce(into: JSONObject()) { $0.append($1.key, .string($1.value)) }
    }
}
