import HoldfastModel
import NIOHTTP1

/// AWS STS in one Region: turns a right to assume a role into that role's credentials.
struct SecurityTokenService: Sendable {
    private let endpoint: Endpoint
    private let region: String
    private let surroundings: CredentialSurroundings

    init(region: String, endpoints: ServiceEndpoints, surroundings: CredentialSurroundings) throws(CredentialError) {
        do throws(EndpointError) {
            endpoint = try endpoints.endpoint(of: .sts, in: region)
        } catch {
            throw .unusable("AWS STS", detail: "\(error)")
        }
        self.region = region
        self.surroundings = surroundings
    }

    /// AssumeRole, signed with the credentials of `source`.
    func assume(_ role: RoleRequest, as source: any CredentialSource) async throws(CredentialError) -> Credentials {
        var fields = [("Action", "AssumeRole"), ("RoleArn", role.arn), ("RoleSessionName", role.sessionName)]
        if let id = role.externalID { fields.append(("ExternalId", id)) }
        return try Self.credentials(await send(fields, as: source), result: "AssumeRoleResult", role: role)
    }

    /// GetCallerIdentity, which is denied to nobody: whom AWS takes these credentials for, as an ARN.
    func identity(of source: any CredentialSource) async throws(CredentialError) -> String {
        let response = try await send([("Action", "GetCallerIdentity")], as: source)
        guard response.isSuccess else {
            let fault = Self.fault(response)
            throw .denied("AWS STS", detail: "\(fault.code): \(fault.message)")
        }
        guard let arn = (try? XMLNode.parse(response.body))?.text("GetCallerIdentityResult", "Arn") else {
            throw .unusable("AWS STS", detail: "its answer names no ARN")
        }
        return arn
    }

    private func send(
        _ fields: [(String, String)], as source: any CredentialSource
    ) async throws(CredentialError) -> HTTPResponse {
        let client = SignedClient(
            transport: surroundings.transport, credentials: source, signer: RequestSigner(service: "sts", region: region),
            timing: surroundings.timing)
        do throws(RequestError) {
            return try await client.send(request(fields), judge: Self.judge).response
        } catch .credentials(let error) {
            throw error
        } catch {
            throw .unreachable("AWS STS", detail: "\(error)")
        }
    }

    /// AssumeRoleWithWebIdentity, which needs no signature: the token is the proof.
    func assume(_ role: RoleRequest, webIdentity token: String) async throws(CredentialError) -> Credentials {
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"), ("RoleArn", role.arn), ("RoleSessionName", role.sessionName),
            ("WebIdentityToken", token),
        ]
        let policy = RetryPolicy()
        var failures = 0
        while true {
            let outcome = await attempt(request(fields))
            if case .success(let response) = outcome, Self.judge(response) != .tryAgain {
                return try Self.credentials(response, result: "AssumeRoleWithWebIdentityResult", role: role)
            }
            failures += 1
            guard let pause = policy.pause(afterFailures: failures, random: surroundings.timing.random()) else {
                throw .unreachable("AWS STS", detail: Self.text(of: outcome))
            }
            do { try await surroundings.timing.sleep(pause) } catch {
                throw .unreachable("AWS STS", detail: "it was interrupted")
            }
        }
    }

    private func attempt(_ request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
        do throws(TransportError) {
            return .success(try await surroundings.transport.send(request))
        } catch {
            return .failure(error)
        }
    }

    private func request(_ fields: [(String, String)]) -> HTTPRequest {
        let form = (fields + [("Version", "2011-06-15")]).map { name, value in
            "\(PercentEncoding.component(name))=\(PercentEncoding.component(value))"
        }
        return HTTPRequest(
            .post, endpoint, headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Array(form.joined(separator: "&").utf8), timeLimit: .seconds(10), responseLimit: 1 << 18)
    }

    private static func judge(_ response: HTTPResponse) -> ResponseJudgement {
        if response.isSuccess { return .final }
        let code = fault(response).code
        if ["ExpiredToken", "ExpiredTokenException"].contains(code) { return .renewCredentials }
        let passes = response.status >= 500 || response.status == 429 || ["Throttling", "IDPCommunicationError"].contains(code)
        return passes ? .tryAgain : .final
    }

    private static func credentials(
        _ response: HTTPResponse, result: String, role: RoleRequest
    ) throws(CredentialError) -> Credentials {
        let source = "role \(role.arn)"
        guard response.isSuccess else {
            let fault = fault(response)
            if response.status >= 500 { throw .unreachable(source, detail: "AWS STS answered \(response.status)") }
            throw .denied(source, detail: "\(fault.code): \(fault.message)")
        }
        guard let node = (try? XMLNode.parse(response.body))?[result]?["Credentials"], let id = node.text("AccessKeyId"),
            let secret = node.text("SecretAccessKey"), let token = node.text("SessionToken"),
            let expires = node.text("Expiration").flatMap({ Timestamp($0) })
        else { throw .unusable(source, detail: "what AWS STS answered is not credentials") }
        return Credentials(accessKeyID: id, secretKey: secret, sessionToken: token, expires: expires, origin: .role(role.arn))
    }

    private static func fault(_ response: HTTPResponse) -> (code: String, message: String) {
        let error = (try? XMLNode.parse(response.body))?["Error"]
        return (error?.text("Code") ?? "status \(response.status)", ServiceMessage.firstLine(of: error?.text("Message") ?? ""))
    }

    private static func text(of outcome: Result<HTTPResponse, TransportError>) -> String {
        switch outcome {
        case .success(let response): "it answered \(response.status)"
        case .failure(let error): "\(error)"
        }
    }
}
