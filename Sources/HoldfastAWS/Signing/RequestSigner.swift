import HoldfastCrypto
package import HoldfastModel
import NIOHTTP1

/// Signature Version 4 in the `Authorization` header, for one service in one Region.
package struct RequestSigner: Hashable, Sendable {
    /// The name in the credential's scope: `kms`, `s3`, `sts`.
    package let service: String
    package let region: String
    private let pathStyle: CanonicalRequest.PathStyle
    /// S3 wants the body's hash in a header of its own.
    private let sendsDigest: Bool

    /// `pathStyle` where it is not as the service's name says.
    package init(service: String, region: String, pathStyle: CanonicalRequest.PathStyle? = nil) {
        self.service = service
        self.region = region
        self.pathStyle = pathStyle ?? (service == "s3" ? .asSent : .encodedAgain)
        sendsDigest = service == "s3"
    }

    /// Adds time, session token and signature; what a former signing added is replaced.
    package func sign(_ request: inout HTTPRequest, with credentials: Credentials, at now: Timestamp) {
        let time = Self.compact(now)
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        let digest = request.bodyDigest ?? SHA256.hash(request.body.span)
        request.headers.remove(name: "Authorization")
        request.headers.replaceOrAdd(name: "X-Amz-Date", value: time)
        if sendsDigest { request.headers.replaceOrAdd(name: "X-Amz-Content-SHA256", value: digest.hex) }
        request.headers.remove(name: "X-Amz-Security-Token")
        if let token = credentials.sessionToken { request.headers.add(name: "X-Amz-Security-Token", value: token) }
        let canonical = CanonicalRequest(request, pathStyle: pathStyle, bodyDigest: digest)
        let signature = credentials.signature(
            of: canonical.stringToSign(time: time, scope: scope), scope: scope.split(separator: "/").map(String.init))
        request.headers.add(
            name: "Authorization",
            value: "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
                + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)")
    }

    /// `20270131T180000Z`.
    private static func compact(_ time: Timestamp) -> String { time.description.filter { $0 != "-" && $0 != ":" } }
}
