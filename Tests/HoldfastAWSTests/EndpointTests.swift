import HoldfastAWS
import HoldfastModel
import Synchronization
import Testing

@Suite("Where services are reached")
struct EndpointTests {
    struct Case: Sendable {
        let service: AWSService
        let region: String
        var variables: [String: String] = [:]
        let expected: String
    }

    @Test(
        "each Region, FIPS and dual stack, in each partition",
        arguments: [
            Case(service: .kms, region: "eu-west-1", expected: "https://kms.eu-west-1.amazonaws.com"),
            Case(service: .sts, region: "cn-north-1", expected: "https://sts.cn-north-1.amazonaws.com.cn"),
            Case(service: .s3, region: "us-gov-west-1", expected: "https://s3.us-gov-west-1.amazonaws.com"),
            Case(
                service: .kms, region: "us-east-1", variables: ["AWS_USE_FIPS_ENDPOINT": "true"],
                expected: "https://kms-fips.us-east-1.amazonaws.com"),
            Case(
                service: .kms, region: "us-east-1", variables: ["AWS_USE_DUALSTACK_ENDPOINT": "true"],
                expected: "https://kms.us-east-1.api.aws"),
            Case(
                service: .s3, region: "us-east-1",
                variables: ["AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_USE_FIPS_ENDPOINT": "true"],
                expected: "https://s3-fips.dualstack.us-east-1.amazonaws.com"),
            Case(
                service: .s3, region: "cn-north-1", variables: ["AWS_USE_DUALSTACK_ENDPOINT": "true"],
                expected: "https://s3.dualstack.cn-north-1.amazonaws.com.cn"),
            Case(
                service: .sts, region: "us-gov-east-1", variables: ["AWS_USE_FIPS_ENDPOINT": "true"],
                expected: "https://sts.us-gov-east-1.amazonaws.com"),
            Case(
                service: .kms, region: "us-east-1", variables: ["AWS_ENDPOINT_URL": "http://127.0.0.1:4566/x/"],
                expected: "http://127.0.0.1:4566/x"),
            Case(
                service: .kms, region: "us-east-1",
                variables: ["AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_KMS": "https://k.{region}.test"],
                expected: "https://k.us-east-1.test"),
            Case(
                service: .s3, region: "us-east-1",
                variables: ["AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"],
                expected: "https://s3.us-east-1.amazonaws.com"),
        ])
    func rules(_ testCase: Case) throws {
        let endpoints = ServiceEndpoints(variables: testCase.variables, region: testCase.region)
        #expect(try endpoints.endpoint(of: testCase.service, in: testCase.region).description == testCase.expected)
    }

    @Test("the project file's endpoint comes before the environment's, and is of its own Region alone")
    func explicit() throws {
        let endpoints = ServiceEndpoints(
            variables: ["AWS_ENDPOINT_URL": "https://other.test"], region: "us-east-1", explicit: [.kms: "https://vpce-1.test"])
        #expect(try endpoints.endpoint(of: .kms, in: "us-east-1").host == "vpce-1.test")
        #expect(try endpoints.endpoint(of: .kms, in: "eu-west-1").host == "other.test")
        #expect(try endpoints.endpoint(of: .sts, in: "us-east-1").host == "other.test")
    }

    @Test(
        "what is no address, and what would show keys to the network, is refused",
        arguments: [
            "ftp://a", "https://", "https://u@h", "https://h:0", "https://h?x", "http://kms.test", "http://10.0.0.1", "a b",
        ])
    func refused(url: String) {
        let endpoints = ServiceEndpoints(region: "us-east-1", explicit: [.kms: url])
        #expect(throws: EndpointError.self) { try endpoints.endpoint(of: .kms, in: "us-east-1") }
    }

    @Test("a Region's name that would lead to another host is refused", arguments: ["", "evil.test/", "a.b", "-a", "EU", "a@b"])
    func region(name: String) {
        #expect(throws: EndpointError.self) { try ServiceEndpoints(region: name).endpoint(of: .kms, in: name) }
    }

    @Test("sealed data may go to an S3 server without TLS where the project file says so")
    func plainS3() throws {
        let variables = ["AWS_ENDPOINT_URL_S3": "http://ceph.local:7480", "AWS_ENDPOINT_URL_KMS": "http://ceph.local:7480"]
        let endpoints = ServiceEndpoints(variables: variables, region: "us-east-1", insecure: [.s3])
        #expect(try endpoints.endpoint(of: .s3, in: "us-east-1").authority == "ceph.local:7480")
        #expect(throws: EndpointError.self) { try endpoints.endpoint(of: .kms, in: "us-east-1") }
        let usual = ServiceEndpoints(variables: variables, region: "us-east-1")
        #expect(throws: EndpointError.self) { try usual.endpoint(of: .s3, in: "us-east-1") }
    }

    @Test(
        "private is what does not leave the organisation's networks",
        arguments: [
            ("10.1.2.3", true), ("172.16.0.1", true), ("172.31.9.9", true), ("172.32.0.1", false), ("192.168.0.1", true),
            ("100.64.0.1", true), ("100.128.0.1", false), ("169.254.170.2", true), ("127.0.0.1", true), ("52.95.1.1", false),
            ("::1", true), ("fd00:ec2::254", true), ("fe80::1", true), ("2600:1f00::1", false), ("::ffff:10.0.0.1", true),
            ("::ffff:8.8.8.8", false), ("::", false),
        ])
    func addresses(text: String, isPrivate: Bool) throws {
        #expect(try #require(IPAddress(text)).isPrivate == isPrivate)
    }

    @Test("with private_only one public address among a name's is enough to send nothing")
    func privateOnly() async throws {
        let fixture = ClientFixture([.success(200), .success(200)])
        let resolver = TableResolver(["in.test": ["10.0.0.1", "10.0.0.2"], "mixed.test": ["10.0.0.1", "52.1.1.1"]])
        let transport = PrivateOnlyTransport(fixture, resolver: resolver, timing: fixture.timing)
        #expect(try await transport.send(HTTPRequest(.get, Endpoint(host: "in.test"))).status == 200)
        #expect(try await transport.send(HTTPRequest(.get, Endpoint(host: "192.168.3.4"))).status == 200)
        for host in ["mixed.test", "8.8.8.8"] {
            let error = await #expect(throws: TransportError.self) {
                try await transport.send(HTTPRequest(.get, Endpoint(host: host)))
            }
            guard case .forbidden(host, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        await #expect(throws: TransportError.unresolved("no.test", detail: "no addresses")) {
            try await transport.send(HTTPRequest(.get, Endpoint(host: "no.test")))
        }
        #expect(fixture.sent == 2)
    }

    @Test("this machine's own name service knows the loopback address, and not what cannot exist")
    func system() async throws {
        #expect(try await SystemResolver().addresses(of: "127.0.0.1").allSatisfy(\.isLoopback))
        await #expect(throws: TransportError.self) { try await SystemResolver().addresses(of: "no name") }
    }
}

/// Names and their addresses as a test says.
struct TableResolver: HostResolver {
    private let table: [String: [String]]

    init(_ table: [String: [String]]) { self.table = table }

    func addresses(of host: String) -> [IPAddress] { (table[host] ?? []).compactMap { IPAddress($0) } }
}
