import HoldfastAWS
import HoldfastModel
import HoldfastTestingAWS
import NIOHTTP1
import Testing

@Suite("Through proxies, and to servers of a private CA")
struct NetworkTests {
    private static let authority = Result { try TestAuthority() }
    private static let loginOfAnna = "Basic YW5uYTpwK0Bz"

    /// One request over a transport that is set up by these variables; `/ca.pem` holds the test's own CA.
    private func get(_ url: String, _ variables: [String: String]) async throws -> Result<HTTPResponse, TransportError> {
        let authority = try Self.authority.get()
        let machine = LocalMachine.described(variables: variables, files: ["/ca.pem": authority.certificate])
        let transport = AsyncHTTPTransport(userAgent: "holdfast-tests", network: try NetworkSettings(machine))
        let request = HTTPRequest(.get, try #require(Endpoint(url: url)))
        let outcome: Result<HTTPResponse, TransportError>
        do throws(TransportError) { outcome = .success(try await transport.send(request)) } catch { outcome = .failure(error) }
        await transport.shutdown()
        return outcome
    }

    private func serving(_ proxy: ConnectProxy, _ body: (Int) async throws -> Void) async throws {
        let authority = try Self.authority.get()
        try await SecureServer.serving(certificate: authority.certificate, key: authority.key) { port in
            try await proxy.serving(to: port, body)
        }
    }

    @Test("HTTPS_PROXY tunnels to a name that only the proxy can find, and TLS is with the server behind it")
    func tunnel() async throws {
        let proxy = ConnectProxy(authorization: Self.loginOfAnna)
        try await serving(proxy) { port in
            let variables = ["HTTPS_PROXY": "http://anna:p+%40s@127.0.0.1:\(port)", "AWS_CA_BUNDLE": "/ca.pem"]
            let answer = try await get("https://kms.aws.test", variables).get()
            #expect(answer.body == Array("yes".utf8))
            #expect(proxy.granted == ["kms.aws.test:443"])
        }
    }

    @Test("a proxy that wants another password says so, and nobody sees the one that it was given")
    func login() async throws {
        try await serving(ConnectProxy(authorization: Self.loginOfAnna)) { port in
            let variables = ["HTTPS_PROXY": "http://anna:hunter2@127.0.0.1:\(port)", "AWS_CA_BUNDLE": "/ca.pem"]
            guard case .failure(let error) = try await get("https://kms.aws.test", variables), case .forbidden = error else {
                Issue.record("it was let through")
                return
            }
            #expect("\(error)".contains("the proxy 127.0.0.1:\(port)") && "\(error)".contains("user and password"))
            #expect(!"\(error)".contains("hunter2"))
        }
    }

    @Test("a proxy that is not there is named, and nothing was sent")
    func absent() async throws {
        guard case .failure(let error) = try await get("https://kms.aws.test", ["HTTPS_PROXY": "http://127.0.0.1:1"]) else {
            Issue.record("it was let through")
            return
        }
        #expect("\(error)".contains("kms.aws.test, by way of the proxy 127.0.0.1:1"))
        #expect(!error.mayHaveArrived && error.isTransient)
    }

    @Test("who is taken out by NO_PROXY is reached straight")
    func straight() async throws {
        let proxy = ConnectProxy()
        try await serving(proxy) { port in
            let variables = ["HTTPS_PROXY": "http://127.0.0.1:\(port)", "NO_PROXY": "aws.test", "AWS_CA_BUNDLE": "/ca.pem"]
            guard case .failure(.unresolved) = try await get("https://kms.aws.test", variables) else {
                Issue.record("it went through the proxy")
                return
            }
            #expect(proxy.granted.isEmpty)
        }
    }

    @Test("a server of a private CA is believed where AWS_CA_BUNDLE or ca_bundle names it, and else the message says so")
    func bundle() async throws {
        let authority = try Self.authority.get()
        try await SecureServer.serving(certificate: authority.certificate, key: authority.key) { port in
            let url = "https://127.0.0.1:\(port)"
            #expect(try await get(url, ["AWS_CA_BUNDLE": "/ca.pem"]).get().status == 200)
            guard case .failure(let error) = try await get(url, [:]), case .tls = error else {
                Issue.record("it was believed")
                return
            }
            #expect("\(error)".contains("AWS_CA_BUNDLE"))
        }
    }

    @Test("the profile's ca_bundle serves where AWS_CA_BUNDLE is not set")
    func profile() throws {
        let authority = try Self.authority.get()
        let files = ["/home/op/.aws/config": "[profile x]\nca_bundle = ~/ca.pem\n", "/home/op/ca.pem": authority.certificate]
        let variables = ["HOME": "/home/op", "AWS_PROFILE": "x"]
        let found = try NetworkSettings(.described(variables: variables, files: files))
        #expect(found != .plain)
        let named = variables.merging(["AWS_CA_BUNDLE": "/home/op/ca.pem"]) { _, new in new }
        #expect(try NetworkSettings(.described(variables: named, files: files)) == found)
    }

    @Test(
        "a file of certificates that is of no use is named",
        arguments: [
            ([:], "the file /ca.pem is not there"), (["/ca.pem": "unreadable"], "/ca.pem: Permission denied"),
            (["/ca.pem": ""], "no certificates in PEM in /ca.pem"), (["/ca.pem": "text"], "no certificates in PEM in /ca.pem"),
            (
                ["/ca.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
                "no certificates in PEM in /ca.pem"
            ),
        ] as [([String: String], String)])
    func badBundle(files: [String: String], text: String) {
        let error = #expect(throws: CredentialError.self) {
            try NetworkSettings(.described(variables: ["AWS_CA_BUNDLE": "/ca.pem"], files: files))
        }
        #expect(error.map { "\($0)".hasPrefix("AWS_CA_BUNDLE: ") && "\($0)".contains(text) } == true)
    }

    @Test("with private_only nothing goes through a proxy, which would look the name up elsewhere")
    func privateOnly() async throws {
        let fixture = ClientFixture([.success(200), .success(200)])
        let transport = PrivateOnlyTransport(
            fixture, proxies: try ProxyRules(variables: ["HTTPS_PROXY": "p:1", "NO_PROXY": "in.test"]),
            resolver: TableResolver(["in.test": ["10.0.0.1"], "kms.test": ["10.0.0.2"]]), timing: fixture.timing)
        let error = await #expect(throws: TransportError.self) {
            try await transport.send(HTTPRequest(.get, Endpoint(host: "kms.test")))
        }
        #expect(error.map { "\($0)".contains("add kms.test to NO_PROXY") } == true)
        #expect(fixture.sent == 0)
        #expect(try await transport.send(HTTPRequest(.get, Endpoint(host: "in.test"))).status == 200)
    }
}
