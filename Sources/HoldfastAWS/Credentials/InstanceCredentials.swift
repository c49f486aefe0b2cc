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
        let url = try surroundings.machine.setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
        if let url {
            guard let endpoint = Endpoint(url: url.value) else {
                throw .unusable(name, detail: "'\(url.value)' is no address as http://HOST: correct \(url.place)")
            }
            return endpoint
        }
        let mode = try surroundings.machine.setting(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")
        switch mode?.value.lowercased() {
        case nil, "ipv4": return Endpoint(isSecure: false, host: "169.254.169.254")
        case "ipv6": return Endpoint(isSecure: false, host: "fd00:ec2::254")
        case let other?: throw .unusable(name, detail: "\(mode?.place ?? name) is '\(other)', and can be IPv4 or IPv6")
        }
    }
}
