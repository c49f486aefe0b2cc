import HoldfastCrypto
import HoldfastModel
import NIOHTTP1

/// Verifies Signature Version 4 from what came over the wire. It shares nothing with the signer of HoldfastAWS but the hash functions:
/// a mistake would have to be made twice.
struct SignatureCheck {
    private let request: ObservedRequest

    struct Scope {
        let accessKeyID: String
        let date: String
        let region: String
        let service: String
    }

    static func scope(of request: ObservedRequest) -> Scope? {
        guard let credential = field("Credential", of: request) else { return nil }
        let parts = credential.split(separator: "/").map(String.init)
        guard parts.count == 5, parts[4] == "aws4_request" else { return nil }
        return Scope(accessKeyID: parts[0], date: parts[1], region: parts[2], service: parts[3])
    }

    /// Whom the request is from. Throws what AWS would answer.
    static func verify(_ request: ObservedRequest, service: String, in cloud: FakeCloud) throws(FakeFault) -> FakeCloud.Principal
    {
        guard let scope = scope(of: request), let signature = field("Signature", of: request),
            let names = field("SignedHeaders", of: request)?.split(separator: ";").map(String.init)
        else { throw FakeFault("MissingAuthenticationTokenException", "Request is missing Authentication Token") }
        guard scope.service == service else {
            throw FakeFault("InvalidSignatureException", "Credential should be scoped to \(service)")
        }
        guard let principal = cloud.principals[scope.accessKeyID] else {
            throw FakeFault("UnrecognizedClientException", "The security token included in the request is invalid.")
        }
        guard request.header("X-Amz-Security-Token") == principal.token else {
            throw FakeFault("UnrecognizedClientException", "The security token included in the request is invalid.")
        }
        try checkTime(request, scope, cloud)
        let needed = request.headers.map { $0.name.lowercased() }.filter { $0 == "host" || $0.hasPrefix("x-amz-") }
        guard Set(names).isSuperset(of: needed), names == names.sorted() else {
            throw FakeFault("InvalidSignatureException", "'\(needed.joined(separator: ","))' must be signed headers")
        }
        guard Self(request: request).signature(of: names, scope, principal.secretKey) == signature else {
            throw FakeFault("InvalidSignatureException", "The request signature we calculated does not match")
        }
        if let end = principal.expires, end <= cloud.now() {
            throw FakeFault("ExpiredTokenException", "The security token included in the request is expired")
        }
        return principal
    }

    private static func checkTime(_ request: ObservedRequest, _ scope: Scope, _ cloud: FakeCloud) throws(FakeFault) {
        let text = Array(request.header("X-Amz-Date") ?? "")
        guard text.count == 16, String(text.prefix(8)) == scope.date,
            let time = Timestamp(
                "\(String(text[0..<4]))-\(String(text[4..<6]))-\(String(text[6..<8]))T\(String(text[9..<11])):\(String(text[11..<13])):\(String(text[13..<15]))Z"
            )
        else { throw FakeFault("IncompleteSignatureException", "Date in Credential scope does not match X-Amz-Date") }
        guard abs(time - cloud.now()) <= 300 else { throw FakeFault("InvalidSignatureException", "Signature expired: \(time)") }
    }

    private func signature(of names: [String], _ scope: Scope, _ secretKey: String) -> String {
        let target = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        // The requests of KMS and STS have the path '/', or a stand-in's own, in which nothing is to be encoded.
        let query = target.count > 1 ? target[1].split(separator: "&").sorted().joined(separator: "&") : ""
        var lines = [request.method, target[0], query]
        for name in names {
            let values = request.headers[name].map { $0.split(separator: " ").joined(separator: " ") }
            lines.append("\(name):\(values.joined(separator: ","))")
        }
        lines += ["", names.joined(separator: ";"), Self.hash(request.body)]
        let canonical = lines.joined(separator: "\n")
        let place = "\(scope.date)/\(scope.region)/\(scope.service)/aws4_request"
        let text = ["AWS4-HMAC-SHA256", request.header("X-Amz-Date") ?? "", place, Self.hash(Array(canonical.utf8))]
        let steps = [scope.date, scope.region, scope.service, "aws4_request", text.joined(separator: "\n")]
        let key = steps.reduce(Array("AWS4\(secretKey)".utf8)) { key, step in
            HMACSHA256(key: key.span).authenticate(Array(step.utf8).span).bytes
        }
        return Hex.encode(key)
    }

    private static func hash(_ bytes: [UInt8]) -> String { SHA256.hash(bytes.span).hex }

    /// `Name=value` in the Authorization header.
    private static func field(_ name: String, of request: ObservedRequest) -> String? {
        guard let header = request.header("Authorization"), header.hasPrefix("AWS4-HMAC-SHA256 ") else { return nil }
        for part in header.dropFirst("AWS4-HMAC-SHA256 ".count).split(separator: ",") {
            let text = part.drop { $0 == " " }
            if text.hasPrefix(name + "=") { return String(text.dropFirst(name.count + 1)) }
        }
        return nil
    }
}
