/// How a project reaches AWS: from these come the credentials of its key manager and its stores.
package struct AWSAccess: Sendable {
    /// The Region of whatever names none, and the one in which STS is asked first.
    package let region: String
    /// Where STS is asked while it is silent there.
    private let otherRegions: [String]
    package let endpoints: ServiceEndpoints
    package let surroundings: CredentialSurroundings
    /// The keys that whoever runs Holdfast names; nil to look for some.
    private let explicit: Credentials?
    /// The role that is assumed with them; nil to use them as they are.
    package let role: RoleRequest?
    /// The other roles that the project trusts: what was wrapped through one of them may be opened through it.
    package let trustedRoles: [RoleRequest]

    package init(
        region: String, otherRegions: [String] = [], endpoints: ServiceEndpoints, surroundings: CredentialSurroundings,
        role: RoleRequest? = nil, trustedRoles: [RoleRequest] = [], explicit: Credentials? = nil
    ) {
        self.region = region
        self.otherRegions = otherRegions.filter { $0 != region }
        self.endpoints = endpoints
        self.surroundings = surroundings
        self.role = role
        self.trustedRoles = trustedRoles
        self.explicit = explicit
    }

    /// Credentials for all services: fetched when first needed, and again before they end. Throws where STS has no usable address.
    package func credentials() throws(CredentialError) -> any CredentialSource { try credentials(with: try foundCredentials()) }

    /// The same by way of what was found already.
    package func credentials(with found: any CredentialSource) throws(CredentialError) -> any CredentialSource {
        guard let role else { return found }
        return try assuming(role, with: found)
    }

    /// Each of the other trusted roles, by its ARN. None is assumed before it is needed.
    package func trustedCredentials(
        with found: any CredentialSource
    ) throws(CredentialError) -> [String: any CredentialSource] {
        var sources: [String: any CredentialSource] = [:]
        for role in trustedRoles { sources[role.arn] = try assuming(role, with: found) }
        return sources
    }

    private func assuming(
        _ role: RoleRequest, with found: any CredentialSource
    ) throws(CredentialError) -> RefreshedCredentials {
        RefreshedCredentials(AssumedRole(role: role, base: found, sts: try sts), timing: surroundings.timing)
    }

    /// What there is before any role of the project is assumed: whoever runs Holdfast, or the machine that it runs on.
    package func foundCredentials() throws(CredentialError) -> any CredentialSource {
        if let explicit { return FixedCredentials(explicit) }
        return RefreshedCredentials(CredentialChain(surroundings: surroundings, sts: try sts), timing: surroundings.timing)
    }

    private var sts: SecurityTokenService {
        get throws(CredentialError) {
            try SecurityTokenService(regions: [region] + otherRegions, endpoints: endpoints, surroundings: surroundings)
        }
    }

    /// Whom AWS takes these credentials for: the ARN of a user, or of a role's session. Needs no right at all.
    package func identity(of credentials: any CredentialSource) async throws(CredentialError) -> String {
        try await sts.identity(of: credentials)
    }

    /// A client of one service in one Region.
    package func client(
        _ service: AWSService, region: String, credentials: any CredentialSource, policy: RetryPolicy = RetryPolicy(),
        budget: RetryBudget = RetryBudget(), limiter: RateLimiter? = nil
    ) -> SignedClient {
        SignedClient(
            transport: surroundings.transport, credentials: credentials,
            signer: RequestSigner(service: service.rawValue, region: region), timing: surroundings.timing, policy: policy,
            budget: budget, limiter: limiter)
    }

    /// The Region that the environment or the chosen profile names; nil where neither does.
    package static func region(of surroundings: CredentialSurroundings) throws(CredentialError) -> String? {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = surroundings.variable(name) { return region }
        }
        let name = surroundings.variable("AWS_PROFILE") ?? surroundings.variable("AWS_DEFAULT_PROFILE") ?? "default"
        return try Profiles(surroundings)[name]?["region"]
    }
}
