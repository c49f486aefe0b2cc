import HoldfastCrypto
package import HoldfastModel
import NIOHTTP1

/// A request in the one spelling that AWS and we both arrive at: what Signature Version 4 signs.
package struct CanonicalRequest: Sendable {
    /// How the path of a service's requests is spelled in it.
    package enum PathStyle: Hashable, Sendable {
        /// As it is sent: S3, whose object names may hold anything.
        case asSent
        /// Without `.`, `..` and empty segments, and encoded once more: everyone else.
        case encodedAgain
    }

    package let text: String
    /// Names of the headers in it: lower case, sorted, with `;` between.
    package let signedHeaders: String

    /// Every header of the request is signed, and `Host`.
    package init(_ request: HTTPRequest, pathStyle: PathStyle, bodyDigest: Digest) {
        let headers = Self.headers(of: request)
        signedHeaders = headers.map(\.name).joined(separator: ";")
        let lines =
            [request.method.rawValue, Self.path(request.encodedPath, pathStyle), request.encodedQuery]
            + headers.map { "\($0.name):\($0.value)" } + ["", signedHeaders, bodyDigest.hex]
        text = lines.joined(separator: "\n")
    }

    /// What is signed: the scheme, the time, the scope and this request's hash.
    package func stringToSign(time: String, scope: String) -> String {
        "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(SHA256.hash(Array(text.utf8).span).hex)"
    }

    /// One of each name, values of a name in their order with commas between, runs of blanks as one.
    private static func headers(of request: HTTPRequest) -> [(name: String, value: String)] {
        var values: [String: [String]] = ["host": [request.endpoint.authority]]
        for (name, value) in request.headers where name.lowercased() != "host" {
            values[name.lowercased(), default: []].append(value.split { $0 == " " || $0 == "\t" }.joined(separator: " "))
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }

    private static func path(_ encoded: String, _ style: PathStyle) -> String {
        guard style == .encodedAgain else { return encoded }
        var segments: [Substring] = []
        for segment in encoded.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        let isFolder = encoded.hasSuffix("/") || encoded.hasSuffix("/.") || encoded.hasSuffix("/..")
        let path = "/" + segments.joined(separator: "/") + (isFolder && !segments.isEmpty ? "/" : "")
        return PercentEncoding.path(path)
    }
}
