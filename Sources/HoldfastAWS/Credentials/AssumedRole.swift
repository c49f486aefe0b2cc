/// A role that is assumed with whatever other credentials there are: the project's own, so that a key policy can name it.
struct AssumedRole: CredentialProvider {
    let role: RoleRequest
    let base: any CredentialSource
    let sts: SecurityTokenService

    var name: String { "role \(role.arn)" }

    func fetch() async throws(CredentialError) -> Credentials? { try await sts.assume(role, as: base) }
}
