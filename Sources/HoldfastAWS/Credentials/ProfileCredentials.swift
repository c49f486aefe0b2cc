/// What a profile of the shared files gives: a role that is assumed with another's keys, a sign-on, keys, or a program's output.
struct ProfileCredentials: CredentialProvider {
    let surroundings: CredentialSurroundings
    let sts: SecurityTokenService

    var name: String { "profile \(profileName)" }

    private var profileName: String { surroundings.machine.namedProfile ?? "default" }

    /// Whether the profile in use assumes a role with keys from elsewhere: such a one comes before a web identity in the environment.
    var isRole: Bool {
        get throws(CredentialError) {
            let keys = try surroundings.machine.profile()
            return keys?["role_arn"] != nil && keys?["web_identity_token_file"] == nil
        }
    }

    func fetch() async throws(CredentialError) -> Credentials? {
        let profiles = try Profiles(surroundings.machine)
        guard profiles[profileName] != nil || surroundings.machine.namedProfile != nil else { return nil }
        return try await fetch(profileName, profiles, onTheWay: [])
    }

    /// `onTheWay` are the profiles that led here by `source_profile`.
    private func fetch(
        _ name: String, _ profiles: Profiles, onTheWay: [String]
    ) async throws(CredentialError) -> Credentials? {
        let keys = try profiles.existing(name)
        let staticKeys = try staticKeys(keys, name)
        // A profile may be its own source: then its keys are meant.
        guard !onTheWay.contains(name) || (onTheWay.last == name && staticKeys != nil) else {
            throw .unusable("profile \(name)", detail: "source_profile leads back to it in a circle")
        }
        // Of one that others lead to, keys count before its role, as they do for the AWS CLI.
        if let arn = keys["role_arn"], onTheWay.isEmpty || staticKeys == nil || keys["web_identity_token_file"] != nil {
            return try await assume(arn, keys, name, profiles, onTheWay: onTheWay + [name])
        }
        if let signOn = try SingleSignOn(keys, profile: name, profiles: profiles, surroundings: surroundings) {
            return try await signOn.fetch()
        }
        if let staticKeys, profiles.prefersKeys(name) { return staticKeys }
        if let command = keys["credential_process"] { return try await run(command, name) }
        // One that only names a Region sets nothing up, unless somebody leads to it or asked for it.
        guard onTheWay.isEmpty, surroundings.machine.namedProfile == nil else {
            throw .unusable("profile \(name)", detail: "it holds no credentials and no role")
        }
        return nil
    }

    private func assume(
        _ arn: String, _ keys: [String: String], _ name: String, _ profiles: Profiles, onTheWay: [String]
    ) async throws(CredentialError) -> Credentials {
        if let file = keys["web_identity_token_file"] {
            let session = surroundings.variable("AWS_ROLE_SESSION_NAME") ?? keys["role_session_name"] ?? "holdfast"
            let token = try surroundings.machine.text(surroundings.machine.expanded(file), source: "profile \(name)")
            return try await sts.assume(RoleRequest(arn: arn, sessionName: session), webIdentity: token)
        }
        let role = try RoleRequest(arn: arn, keys, profile: name)
        let source: Credentials?
        switch (keys["source_profile"], keys["credential_source"]) {
        case (_?, _?):
            throw .unusable("profile \(name)", detail: "it has both source_profile and credential_source: take one out")
        case (let other?, nil): source = try await fetch(other, profiles, onTheWay: onTheWay)
        case (nil, let place): source = try await named(place, profile: name)?.fetch()
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
        do throws(LocalMachine.FileProblem) {
            output = try await surroundings.machine.run(command)
        } catch {
            throw .unusable(source, detail: error.detail)
        }
        return try CredentialDocument.read(
            output, version: 1, token: "SessionToken", origin: .process(profile: name), source: source)
    }
}

extension RoleRequest {
    /// As a profile has it. Throws for what cannot be done, or makes no sense.
    fileprivate init(arn: String, _ keys: [String: String], profile: String) throws(CredentialError) {
        guard keys["mfa_serial"] == nil else {
            throw .unusable(
                "profile \(profile)",
                detail: "mfa_serial asks for a code that nobody can type here: take a role without it, or a session's keys: "
                    + "eval \"$(aws configure export-credentials --profile \(profile) --format env)\"")
        }
        let duration = keys["duration_seconds"].map { Int($0) ?? 0 }
        if let duration, !(900...43_200).contains(duration) {
            throw .unusable("profile \(profile)", detail: "duration_seconds is a number from 900 to 43200: correct it")
        }
        self.init(
            arn: arn, externalID: keys["external_id"], sessionName: keys["role_session_name"] ?? "holdfast", duration: duration)
    }
}
