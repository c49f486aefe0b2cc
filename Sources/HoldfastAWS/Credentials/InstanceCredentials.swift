import NIOHTTP1

/// What an EC2 instance's metadata service gives its role. Version 2 only: a token first, which nothing that was merely tricked into
/// fetching an address can have.
struct InstanceCredentials: CredentialProvider {
    let surroundings: CredentialSurroundings
    let name = "EC2 instance metadata"

    private static let roles = "/latest/meta-data/iam/security-credentials/"

    func fetch() async throws(CredentialError) -> Credentials? {
        guard surroundings.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
        let endpoint = try endpoint()
        // Outside EC2 nobody answers there: one short try is all that a laptop is made to wait.
        let request = MetadataRequest(source: name, surroundings: surroundings, attempts: 2, timeLimit: .seconds(1))
        let tokenBytes = try await request.send(
            .put, endpoint, path: "/latest/api/token", headers: ["X-aws-ec2-metadata-token-ttl-seconds": "21600"])
        guard let token = tokenBytes.flatMap({ String(validating: $0, as: UTF8.self) }), !token.isEmpty else {
            throw .unusable(name, detail: "\(endpoint) gives no token: it must offer version 2")
        }
        let headers: [(String, String)] = [("X-aws-ec2-metadata-token", token)]
        guard let list = try await request.send(.get, endpoint, path: Self.roles, headers: .init(headers)),
            let role = String(decoding: list, as: UTF8.self).split(whereSeparator: \.isNewline).first
        else { throw .unusable(name, detail: "this instance has no role: attach one") }
        guard let answer = try await request.send(.get, endpoint, path: Self.roles + role, headers: .init(headers)) else {
            throw .unusable(name, detail: "there are no credentials of the role \(role)")
        }
        return try CredentialDocument.read(answer, token: "Token", origin: .instance(role: String(role)), source: name)
    }

    private func endpoint() throws(CredentialError) -> Endpoint {
        if let url = surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
            guard let endpoint = Endpoint(url: url) else {
                throw .unusable(name, detail: "'\(url)' is no address: correct AWS_EC2_METADATA_SERVICE_ENDPOINT")
            }
            return endpoint
        }
        let isIPv6 = surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6"
        return Endpoint(isSecure: false, host: isIPv6 ? "fd00:ec2::254" : "169.254.169.254")
    }
}
