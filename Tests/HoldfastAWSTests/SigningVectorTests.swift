import Foundation
import HoldfastAWS
import HoldfastCrypto
import HoldfastModel
import NIOHTTP1
import Testing

@Suite("Signature Version 4 as others compute it")
struct SigningVectorTests {
    /// A case of AWS's published test suite: a request as it stands on the wire, and each step of signing it.
    struct SuiteCase: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        let canonical: String
        let to_sign: String
        let authorization: String
        var testDescription: String { name }
    }

    /// A request that botocore signed (`scripts/sigv4_vectors.py`).
    struct ForeignCase: Decodable, Sendable, CustomTestStringConvertible {
        let service: String
        let region: String
        let host: String
        let method: String
        let path: String
        let query: [[String]]
        let headers: [[String]]
        let body: String
        let access_key: String
        let secret_key: String
        let token: String?
        let seconds: Int64
        let authorization: String
        var testDescription: String { "\(service) \(method) \(path)" }
    }

    @Test(
        "AWS's test suite: canonical request, string to sign, header", arguments: try VectorFile.cases("aws-suite") as [SuiteCase]
    )
    func suite(vector: SuiteCase) throws {
        let request = try Self.request(vector.request)
        // The suite sends signs that need encoding as they are, so that encoding once more is encoding once.
        let isPlain = PercentEncoding.path(request.path) == request.path
        let style: CanonicalRequest.PathStyle = isPlain ? .encodedAgain : .asSent
        let canonical = CanonicalRequest(request, pathStyle: style, bodyDigest: SHA256.hash(request.body.span))
        #expect(canonical.text == vector.canonical)
        #expect(
            canonical.stringToSign(time: "20150830T123600Z", scope: "20150830/us-east-1/service/aws4_request") == vector.to_sign)

        let token = request.headers.first(name: "X-Amz-Security-Token")
        let credentials = Credentials(
            accessKeyID: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: token,
            origin: .explicit)
        var signed = request
        let time = try #require(Timestamp("2015-08-30T12:36:00Z"))
        RequestSigner(service: "service", region: "us-east-1", pathStyle: style).sign(&signed, with: credentials, at: time)
        #expect(signed.headers.first(name: "Authorization") == vector.authorization)
    }

    @Test("botocore signs the same requests in the same way", arguments: try VectorFile.cases("botocore") as [ForeignCase])
    func foreign(vector: ForeignCase) throws {
        let endpoint = try #require(Endpoint(url: "https://\(vector.host)"))
        let method = try #require(HTTPRequest.Method(rawValue: vector.method))
        var request = HTTPRequest(
            method, endpoint, path: vector.path, query: vector.query.map { .init($0[0], $0[1]) },
            headers: HTTPHeaders(vector.headers.map { ($0[0], $0[1]) }), body: try #require(Hex.decode(vector.body)))
        let credentials = Credentials(
            accessKeyID: vector.access_key, secretKey: vector.secret_key, sessionToken: vector.token, origin: .explicit)
        let signer = RequestSigner(service: vector.service, region: vector.region)
        signer.sign(&request, with: credentials, at: Timestamp(seconds: vector.seconds))
        #expect(request.headers.first(name: "Authorization") == vector.authorization)
    }

    @Test("signing twice leaves one signature, and the second is of the second time")
    func again() throws {
        var request = HTTPRequest(.get, Endpoint(host: "s3.us-east-1.amazonaws.com"))
        let credentials = Credentials(accessKeyID: "A", secretKey: "s", sessionToken: "t", origin: .explicit)
        let signer = RequestSigner(service: "s3", region: "us-east-1")
        signer.sign(&request, with: credentials, at: Timestamp(seconds: 0))
        let former = request.headers
        signer.sign(&request, with: credentials, at: Timestamp(seconds: 1))
        for header in former { #expect(request.headers[header.name].count == 1, "\(header.name)") }
        #expect(request.headers.first(name: "Authorization") != former.first(name: "Authorization"))
    }

    @Test("a request and an answer are printed without what is in them")
    func printingRequests() {
        let request = HTTPRequest(
            .post, Endpoint(host: "h.test"), headers: ["X-Amz-Security-Token": "hidden"], body: Array("hidden".utf8))
        let answer = HTTPResponse(status: 200, headers: ["a": "hidden"], body: Array("hidden".utf8))
        var dumped = ""
        dump(request, to: &dumped)
        dump(answer, to: &dumped)
        for text in ["\(request)", "\(answer)", String(reflecting: request), dumped] {
            #expect(!text.contains("hidden") && !text.contains("104"), "\(text)")
        }
    }

    @Test("no way of printing credentials shows the secret key")
    func printing() {
        let credentials = Credentials(accessKeyID: "AKIA1", secretKey: "hidden", sessionToken: "token", origin: .profile("p"))
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped, "\([credentials])"] {
            #expect(!text.contains("hidden") && !text.contains("token"), "\(text)")
        }
    }

    /// The suite's own spelling of a request; its queries are encoded already.
    private static func request(_ text: String) throws -> HTTPRequest {
        let parts = text.components(separatedBy: "\n\n")
        var lines = parts[0].components(separatedBy: "\n")
        let first = lines.removeFirst()
        let words = first.components(separatedBy: " ")
        let target = words[1..<(words.count - 1)].joined(separator: " ").split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = (target.count > 1 ? target[1] : "").split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0).removingPercentEncoding ?? ""
            }
            return HTTPRequest.QueryItem(pair[0], pair.count > 1 ? pair[1] : "")
        }
        var headers = HTTPHeaders()
        for line in lines where !line.isEmpty {
            let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            headers.add(name: String(pair[0]), value: String(pair[1]))
        }
        let host = try #require(headers.first(name: "Host"))
        return HTTPRequest(
            try #require(HTTPRequest.Method(rawValue: words[0])), try #require(Endpoint(url: "https://\(host)")),
            path: String(target[0]), query: query, headers: headers, body: Array((parts.count > 1 ? parts[1] : "").utf8))
    }
}
