/// What a profile of the shared files gives: keys, a program's output, a sign-on, or a role that is assumed with another's keys.
struct ProfileCredentials: CredentialProvider {
    let surroundings: CredentialSurroundings
    let sts: SecurityTokenService

    var name: String { "profile \(profileName)" }

    private var profileName: String {
        surroundings.variable("AWS_PROFILE") ?? surroundings.variable("AWS_DEFAULT_PROFILE") ?? "default"
    }

    func fetch() async throws(CredentialError) -> Credentials? {
        let profiles = try Profiles(surroundings)
        guard profiles[profileName] != nil || surroundings.variable("AWS_PROFILE") != nil else { return nil }
        return try await fetch(profileName, profiles, onTheWay: [])
    }

    /// `onTheWay` are the profiles that led here by `source_profile`.
    private func fetch(
        _ name: String, _ profiles: Profiles, onTheWay: [String]
    ) async throws(CredentialError) -> Credentials? {
        guard let keys = profiles[name] else {
            throw .unusable("profile \(name)", detail: "there is no such profile in the shared config and credentials files")
        }
        // A profile may be its own source: then its keys are meant.
        if let arn = keys["role_arn"], !onTheWay.contains(name) {
            let role = RoleRequest(
                arn: arn, externalID: keys["external_id"], sessionName: keys["role_session_name"] ?? "holdfast")
            return try await assume(role, keys, name, profiles, onTheWay: onTheWay + [name])
        }
        if let keys = try staticKeys(keys, name) { return keys }
        if let signOn = try SingleSignOn(keys, profile: name, profiles: profiles, surroundings: surroundings) {
            return try await signOn.fetch()
        }
        if let command = keys["credential_process"] { return try await run(command, name) }
        if onTheWay.contains(name) { throw .unusable("profile \(name)", detail: "source_profile leads back to it in a circle") }
        // One that only names a Region sets nothing up, unless somebody leads to it or asked for it.
        guard onTheWay.isEmpty, surroundings.variable("AWS_PROFILE") == nil else {
            throw .unusable("profile \(name)", detail: "it holds no credentials and no role")
        }
        return nil
    }

    private func assume(
        _ role: RoleRequest, _ keys: [String: String], _ name: String, _ profiles: Profiles, onTheWay: [String]
    ) async throws(CredentialError) -> Credentials {
        if let file = keys["web_identity_token_file"] {
            let path = surroundings.expanded(file)
            return try await sts.assume(role, webIdentity: surroundings.text(path, source: "profile \(name)"))
        }
        let source: Credentials?
        if let other = keys["source_profile"] {
            source = try await fetch(other, profiles, onTheWay: onTheWay)
        } else {
            source = try await named(keys["credential_source"], profile: name)?.fetch()
        }
        guard let source else {
            throw .unusable(
                "profile \(name)", detail: "role_arn needs a source_profile or credential_source that gives credentials")
        }
        return try await sts.assume(role, as: FixedCredentials(source))
    }

    private func named(_ source: String?, profile: String) throws(CredentialError) -> (any CredentialProvider)? {
        switch source {
        case "Environment": EnvironmentCredentials(surroundings: surroundings)
        case "EcsContainer": ContainerCredentials(surroundings: surroundings)
        case "Ec2InstanceMetadata": InstanceCredentials(surroundings: surroundings)
        case nil: nil
        case let other?:
            throw .unusable(
                "profile \(profile)",
                detail: "credential_source is '\(other)', and can be Environment, EcsContainer or Ec2InstanceMetadata")
        }
    }

    private func staticKeys(_ keys: [String: String], _ name: String) throws(CredentialError) -> Credentials? {
        let (id, secret) = (keys["aws_access_key_id"], keys["aws_secret_access_key"])
        guard id != nil || secret != nil else { return nil }
        guard let id, let secret else {
            throw .unusable("profile \(name)", detail: "of aws_access_key_id and aws_secret_access_key one is missing")
        }
        return Credentials(
            accessKeyID: id, secretKey: secret, sessionToken: keys["aws_session_token"], origin: .profile(name))
    }

    private func run(_ command: String, _ name: String) async throws(CredentialError) -> Credentials {
        let source = "credential_process of profile \(name)"
        let output: [UInt8]
        do throws(CredentialSurroundings.FileProblem) {
            output = try await surroundings.run(command)
        } catch {
            throw .unusable(source, detail: error.detail)
        }
        return try CredentialDocument.read(output, token: "SessionToken", origin: .process(profile: name), source: source)
    }
}
