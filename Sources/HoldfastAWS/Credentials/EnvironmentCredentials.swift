import HoldfastModel

/// Keys in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
struct EnvironmentCredentials: CredentialProvider {
    let surroundings: CredentialSurroundings
    let name = "environment"

    func fetch() throws(CredentialError) -> Credentials? {
        let (id, secret) = (surroundings.variable("AWS_ACCESS_KEY_ID"), surroundings.variable("AWS_SECRET_ACCESS_KEY"))
        guard id != nil || secret != nil else { return nil }
        guard let id, let secret else {
            throw .unusable(
                name, detail: "AWS_\(id == nil ? "ACCESS_KEY_ID" : "SECRET_ACCESS_KEY") is not set, its other half is")
        }
        return Credentials(
            accessKeyID: id, secretKey: secret, sessionToken: surroundings.variable("AWS_SESSION_TOKEN"), expires: try expiry(),
            origin: .environment)
    }

    /// `aws configure export-credentials` says when what it exports ends.
    private func expiry() throws(CredentialError) -> Timestamp? {
        guard let text = surroundings.variable("AWS_CREDENTIAL_EXPIRATION") else { return nil }
        guard let time = Timestamp(text) else {
            throw .unusable(name, detail: "AWS_CREDENTIAL_EXPIRATION is '\(text)', and no time")
        }
        guard time > surroundings.timing.now() else {
            throw .denied(name, detail: "these keys ended on \(time): export new ones, or none")
        }
        return time
    }
}
