import HoldfastAWS
import Testing

@Suite("Which proxy leads where")
struct ProxyRulesTests {
    private static func proxy(_ variables: [String: String], _ url: String) throws -> String? {
        let endpoint = try #require(Endpoint(url: url))
        return try ProxyRules(variables: variables).proxy(for: HTTPRequest(.get, endpoint)).map { "\($0)" }
    }

    @Test(
        "each scheme has its own, lower case first, and an empty lower-case one means none",
        arguments: [
            (["HTTPS_PROXY": "http://p:3128"], "p:3128", nil),
            (["HTTP_PROXY": "http://p:3128"], nil, "p:3128"),
            (["https_proxy": "http://low:1", "HTTPS_PROXY": "http://up:2"], "low:1", nil),
            (["https_proxy": "", "HTTPS_PROXY": "http://up:2"], nil, nil),
            (["HTTPS_PROXY": "p"], "p:80", nil),
            (["HTTPS_PROXY": "//p:8080/"], "p:8080", nil),
            (["HTTPS_PROXY": "HTTP://u:a%40b%2Bc+d@[fd00::7]:8080"], "[fd00::7]:8080", nil),
            (["HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"], nil, nil),
            (["ALL_PROXY": "http://p:1"], nil, nil),
            ([:], nil, nil),
        ] as [([String: String], String?, String?)])
    func schemes(variables: [String: String], secure: String?, plain: String?) throws {
        #expect(try Self.proxy(variables, "https://kms.us-east-1.amazonaws.com") == secure)
        #expect(try Self.proxy(variables, "http://s3.test:9000") == plain)
    }

    @Test(
        "NO_PROXY takes out hosts, all below them, ports, addresses and networks",
        arguments: [
            ("kms.us-east-1.amazonaws.com", true), ("amazonaws.com", true), (".amazonaws.com", true), ("AmazonAWS.com", true),
            ("aws.com", false), ("kms.us-east-1.amazonaws.com.evil", false), ("kms.us-east-1.amazonaws.com:443", true),
            ("amazonaws.com:443", true), ("amazonaws.com:8443", false), ("*", true), ("a.test, amazonaws.com ,b.test", true),
            ("a.test,,", false), ("", false), ("10.0.0.0/8", false),
        ])
    func names(text: String, isTakenOut: Bool) throws {
        let variables = ["HTTPS_PROXY": "p:1", "NO_PROXY": text]
        #expect((try Self.proxy(variables, "https://kms.us-east-1.amazonaws.com") == nil) == isTakenOut)
    }

    @Test(
        "addresses are compared as such",
        arguments: [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.128/25", "10.1.2.127", false),
            ("10.1.2.128/25", "10.1.2.129", true), ("0.0.0.0/0", "8.8.8.8", true), ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3:443", "10.1.2.3", true), ("10.1.2.3:444", "10.1.2.3", false), ("fd00::/8", "[fd12::1]", true),
            ("fd00:0::1", "[fd00::1]", true), ("[fd00::1]:443", "[fd00::1]", true), ("fd00::/8", "10.0.0.1", false),
            ("10.0.0.0/33", "10.0.0.1", false), ("10.0.0.0/", "10.0.0.1", false),
        ])
    func addresses(text: String, host: String, isTakenOut: Bool) throws {
        #expect((try Self.proxy(["HTTPS_PROXY": "p:1", "no_proxy": text], "https://\(host)") == nil) == isTakenOut)
    }

    @Test("this machine, and a neighbour that hands out credentials, are reached through no proxy")
    func neighbours() throws {
        let variables = ["HTTP_PROXY": "p:1", "HTTPS_PROXY": "p:1"]
        for url in ["http://127.0.0.1:4566", "https://localhost", "http://[::1]:1"] {
            #expect(try Self.proxy(variables, url) == nil)
        }
        var request = HTTPRequest(.get, Endpoint(isSecure: false, host: "169.254.169.254"))
        request.isToNeighbour = true
        #expect(try ProxyRules(variables: variables).proxy(for: request) == nil)
    }

    @Test(
        "what is no proxy of ours is refused by its variable's name, and the password is not shown",
        arguments: [
            "https://u:hunter2@p:1", "socks5://u:hunter2@p", "http://u:hunter2@", "http://u:hunter2@p:x", "u:hunter2%zz@p",
        ])
    func refused(text: String) {
        let error = #expect(throws: CredentialError.self) { try ProxyRules(variables: ["https_proxy": text]) }
        #expect(error.map { "\($0)".hasPrefix("https_proxy: ") && !"\($0)".contains("hunter2") } == true)
    }

    @Test("a proxy's password is in nothing that is printed")
    func secrecy() throws {
        let rules = try ProxyRules(variables: ["HTTPS_PROXY": "http://u:hunter2@p:1"])
        let proxy = try #require(rules.proxy(for: HTTPRequest(.get, Endpoint(host: "a.test"))))
        var dumped = ""
        dump(proxy, to: &dumped)
        #expect(!"\(proxy) \(String(reflecting: proxy)) \(dumped)".contains("hunter2"))
    }
}
