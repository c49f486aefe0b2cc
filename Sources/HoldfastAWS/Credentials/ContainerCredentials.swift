import NIOHTTP1

/// What ECS and EKS Pod Identity give a container's role.
struct ContainerCredentials: CredentialProvider {
    let surroundings: CredentialSurroundings
    let name = "container"

    /// Where ECS and EKS listen. Anything else without TLS would hand the token to whoever set the variable.
    private static let neighbours: Set<String> = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]

    func fetch() async throws(CredentialError) -> Credentials? {
        guard let (endpoint, path, query) = try place() else { return nil }
        var headers = HTTPHeaders()
        if let token = try token() { headers.add(name: "Authorization", value: token) }
        let request = MetadataRequest(source: name, surroundings: surroundings)
        guard let answer = try await request.send(.get, endpoint, path: path, query: query, headers: headers) else {
            throw .unusable(name, detail: "\(endpoint) knows nothing of \(path)")
        }
        return try CredentialDocument.read(answer, token: "Token", origin: .container, source: name)
    }

    private func place() throws(CredentialError) -> (Endpoint, path: String, query: [HTTPRequest.QueryItem])? {
        let url: String
        if let path = surroundings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = "http://169.254.170.2\(path)"
        } else if let full = surroundings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            url = full
        } else {
            return nil
        }
        let parts = url.split(separator: "?", maxSplits: 1)
        guard let whole = parts.first.flatMap({ Endpoint(url: String($0)) }) else {
            throw .unusable(name, detail: "'\(url)' is no address: correct AWS_CONTAINER_CREDENTIALS_FULL_URI")
        }
        guard whole.isSecure || whole.isLoopback || Self.neighbours.contains(whole.host) else {
            throw .unusable(
                name, detail: "\(whole.host) is neither this machine nor ECS nor EKS, and without https it is not asked")
        }
        let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return HTTPRequest.QueryItem(String(pair[0]), pair.count > 1 ? String(pair[1]) : "")
        }
        let endpoint = Endpoint(isSecure: whole.isSecure, host: whole.host, port: whole.port)
        return (endpoint, whole.basePath.isEmpty ? "/" : whole.basePath, query)
    }

    /// Read anew each time: EKS writes a new one long before the old one ends.
    private func token() throws(CredentialError) -> String? {
        guard let path = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
            return surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        }
        let token = try surroundings.machine.text(path, source: name)
        guard !token.contains(where: \.isNewline) else { throw .unusable(name, detail: "the token in \(path) has several lines") }
        return token
    }
}
