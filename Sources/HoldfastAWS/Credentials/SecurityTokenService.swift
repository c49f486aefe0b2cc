import HoldfastModel
import NIOHTTP1

/// AWS STS: turns a right to assume a role into that role's credentials, which are good in every Region, whichever gave them.
struct SecurityTokenService: Sendable {
    /// Where it is asked, the first choice first.
    private let places: [Place]
    private let surroundings: CredentialSurroundings

    private struct Place: Sendable {
        let region: String
        let endpoint: Endpoint
        let policy: RetryPolicy
    }

    /// `regions` has one at least: where the first does not answer the next is asked, so that a Region's outage does not take the
    /// other Regions with it. Only silence leads on, as with AWS KMS itself.
    init(regions: [String], endpoints: ServiceEndpoints, surroundings: CredentialSurroundings) throws(CredentialError) {
        do throws(EndpointError) {
            places = try regions.enumerated().map { index, region throws(EndpointError) in
                // Whoever can ask elsewhere does not wait here for long.
                Place(
                    region: region, endpoint: try endpoints.endpoint(of: .sts, in: region),
                    policy: index + 1 < regions.count ? RetryPolicy(attempts: 2) : RetryPolicy())
            }
        } catch {
            throw .unusable("AWS STS", detail: "\(error)")
        }
        self.surroundings = surroundings
    }

    /// Asks in one Region after the other, as long as none answers.
    private func anywhere<Answer>(
        _ ask: (Place) async throws(CredentialError) -> Answer
    ) async throws(CredentialError) -> Answer {
        var silences: [String] = []
        for place in places {
            do throws(CredentialError) {
                return try await ask(place)
            } catch .unreachable(_, let detail) where !Task.isCancelled {
                silences.append("\(place.region): \(detail)")
            }
        }
        throw .unreachable("AWS STS", detail: silences.joined(separator: "; "))
    }

    /// AssumeRole, signed with the credentials of `source`.
    func assume(_ role: RoleRequest, as source: any CredentialSource) async throws(CredentialError) -> Credentials {
        var fields = [("Action", "AssumeRole"), ("RoleArn", role.arn), ("RoleSessionName", role.sessionName)]
        if let id = role.externalID { fields.append(("ExternalId", id)) }
        if let duration = role.duration { fields.append(("DurationSeconds", "\(duration)")) }
        let request = fields
        return try await anywhere { place throws(CredentialError) in
            try Self.credentials(await send(request, as: source, to: place), result: "AssumeRoleResult", role: role)
        }
    }

    /// GetCallerIdentity, which is denied to nobody: whom AWS takes these credentials for, as an ARN.
    func identity(of source: any CredentialSource) async throws(CredentialError) -> String {
        let response = try await anywhere { place throws(CredentialError) in
            try await send([("Action", "GetCallerIdentity")], as: source, to: place)
        }
        guard response.isSuccess else { throw Self.refusal(response, to: "AWS STS") }
        guard let arn = (try? XMLNode.parse(response.body))?.text("GetCallerIdentityResult", "Arn") else {
            throw .unusable("AWS STS", detail: "its answer names no ARN")
        }
        return arn
    }

    private func send(
        _ fields: [(String, String)], as source: any CredentialSource, to place: Place
    ) async throws(CredentialError) -> HTTPResponse {
        let client = SignedClient(
            transport: surroundings.transport, credentials: source,
            signer: RequestSigner(service: "sts", region: place.region), timing: surroundings.timing, policy: place.policy)
        do throws(RequestError) {
            return try await client.send(request(fields, to: place), judge: Self.judge).response
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
        return try await anywhere { place throws(CredentialError) in
            try await assume(role, asking: fields, at: place)
        }
    }

    private func assume(
        _ role: RoleRequest, asking fields: [(String, String)], at place: Place
    ) async throws(CredentialError) -> Credentials {
        var failures = 0
        while true {
            let outcome = await attempt(request(fields, to: place))
            if case .success(let response) = outcome, Self.judge(response) != .tryAgain {
                return try Self.credentials(response, result: "AssumeRoleWithWebIdentityResult", role: role)
            }
            failures += 1
            guard let pause = place.policy.pause(afterFailures: failures, random: surroundings.timing.random()) else {
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

    private func request(_ fields: [(String, String)], to place: Place) -> HTTPRequest {
        let form = (fields + [("Version", "2011-06-15")]).map { name, value in
            "\(PercentEncoding.component(name))=\(PercentEncoding.component(value))"
        }
        return HTTPRequest(
            .post, place.endpoint, headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Array(form.joined(separator: "&").utf8), timeLimit: .seconds(10), responseLimit: 1 << 18)
    }

    /// Errors that pass by themselves, whatever their status: "Common errors" of AWS's query APIs, and STS's own.
    private static let passing: Set = [
        "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "ServiceUnavailable",
        "InternalFailure", "IDPCommunicationError",
    ]

    private static func judge(_ response: HTTPResponse) -> ResponseJudgement {
        if response.isSuccess { return .final }
        let code = fault(response).code
        if ["ExpiredToken", "ExpiredTokenException"].contains(code) { return .renewCredentials }
        return response.status >= 500 || response.status == 429 || passing.contains(code) ? .tryAgain : .final
    }

    /// What an answer that is no success means: of throttling nothing follows about any right.
    private static func refusal(_ response: HTTPResponse, to source: String) -> CredentialError {
        let fault = fault(response)
        let text = fault.message.isEmpty ? fault.code : "\(fault.code): \(fault.message)"
        return judge(response) == .tryAgain
            ? .unreachable(source, detail: "AWS STS answered \(text)") : .denied(source, detail: text)
    }

    private static func credentials(
        _ response: HTTPResponse, result: String, role: RoleRequest
    ) throws(CredentialError) -> Credentials {
        let source = "role \(role.arn)"
        guard response.isSuccess else { throw refusal(response, to: source) }
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
