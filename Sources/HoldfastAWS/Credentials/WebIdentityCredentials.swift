/// A role that is assumed with a token which somebody else vouches for: Kubernetes, GitHub, any OpenID Connect provider.
struct WebIdentityCredentials: CredentialProvider {
    let role: RoleRequest
    let tokenFile: String
    let sts: SecurityTokenService
    let surroundings: CredentialSurroundings

    var name: String { "web identity" }

    /// The one that the environment names; nil where it names none.
    static func inEnvironment(
        of surroundings: CredentialSurroundings, sts: SecurityTokenService
    ) throws(CredentialError) -> WebIdentityCredentials? {
        guard let file = surroundings.variable("AWS_WEB_IDENTITY_TOKEN_FILE") else { return nil }
        guard let arn = surroundings.variable("AWS_ROLE_ARN") else {
            throw .unusable("web identity", detail: "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not")
        }
        let session = surroundings.variable("AWS_ROLE_SESSION_NAME") ?? "holdfast"
        return WebIdentityCredentials(
            role: RoleRequest(arn: arn, sessionName: session), tokenFile: file, sts: sts, surroundings: surroundings)
    }

    /// The token is read anew each time: it is renewed in its file.
    func fetch() async throws(CredentialError) -> Credentials? {
        try await sts.assume(role, webIdentity: surroundings.machine.text(tokenFile, source: name))
    }
}
