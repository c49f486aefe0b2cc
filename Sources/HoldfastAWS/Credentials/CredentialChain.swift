/// The places where AWS credentials may be, in the order in which the AWS CLI asks: the environment, a profile that assumes a role,
/// a web identity, whatever else the shared files have, a container's neighbour, an instance's. The first that is set up counts,
/// whether it succeeds or fails.
struct CredentialChain: CredentialProvider {
    let surroundings: CredentialSurroundings
    let sts: SecurityTokenService
    let name = "AWS credentials"

    func fetch() async throws(CredentialError) -> Credentials? {
        let profile = ProfileCredentials(surroundings: surroundings, sts: sts)
        // Asked for and not there is an error also where the environment has keys, as it is for the AWS CLI.
        let isRole = try profile.isRole
        if let found = try EnvironmentCredentials(surroundings: surroundings).fetch() { return found }
        if isRole { return try await profile.fetch() }
        if let identity = try WebIdentityCredentials.inEnvironment(of: surroundings, sts: sts) {
            return try await identity.fetch()
        }
        if let found = try await profile.fetch() { return found }
        if let found = try await ContainerCredentials(surroundings: surroundings).fetch() { return found }
        return try await instance()
    }

    /// The last place to ask. That nobody answers there says only that this is no EC2 instance.
    private func instance() async throws(CredentialError) -> Credentials {
        let elsewhere = [
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set", "AWS_WEB_IDENTITY_TOKEN_FILE is not set",
            "the shared files have no profile", "this is no container with a role",
        ]
        do throws(CredentialError) {
            if let found = try await InstanceCredentials(surroundings: surroundings).fetch() { return found }
            throw .notFound(elsewhere + ["AWS_EC2_METADATA_DISABLED is set"])
        } catch .unreachable(_, let detail) {
            throw .notFound(elsewhere + ["no EC2 instance metadata (\(detail))"])
        }
    }
}
