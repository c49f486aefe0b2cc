/// How to reach each key manager.
package struct KeyManagerSettings: Hashable, Sendable {
    package var local: LocalKeyringSettings
    /// Nil where the file has no `aws-kms:`.
    package var aws: AWSSettings?
    /// The programs that keep CMKs for us, by the names that stand in their URIs.
    package var programs: [String: KeyProgramSettings]
    /// Nil where the file has no `pkcs11:`.
    package var token: TokenSettings?

    package init(
        local: LocalKeyringSettings, aws: AWSSettings? = nil, programs: [String: KeyProgramSettings] = [:],
        token: TokenSettings? = nil
    ) {
        self.local = local
        self.aws = aws
        self.programs = programs
        self.token = token
    }
}

/// Where the local keyring is, and where its passphrase comes from.
package struct LocalKeyringSettings: Hashable, Sendable {
    /// An absolute path; beside the project file where that says nothing.
    package var keyring: String
    /// An absolute path; nil where the passphrase is asked for.
    package var passphraseFile: String?

    package init(keyring: String, passphraseFile: String? = nil) {
        self.keyring = keyring
        self.passphraseFile = passphraseFile
    }
}

/// How to reach a service of AWS, as the file has it: its adapter says what is valid.
package struct AWSSettings: Hashable, Sendable {
    package var region: String?
    /// Where multi-Region CMKs are tried, in this order, and where a role is assumed while `region` does not answer.
    package var regions: [String]
    package var role: String?
    package var externalID: String?
    /// Roles through which older envelopes may be opened, besides `role`: of AWS KMS alone.
    package var trustedRoles: [String]
    package var endpoint: String?
    /// Refuses endpoints that are not private.
    package var privateOnly: Bool
    /// Takes plain http to another host: for S3 alone, which gets and gives only what is sealed.
    package var isInsecure = false

    package init(
        region: String? = nil, regions: [String] = [], role: String? = nil, externalID: String? = nil,
        trustedRoles: [String] = [], endpoint: String? = nil, privateOnly: Bool = false
    ) {
        self.region = region
        self.regions = regions
        self.role = role
        self.externalID = externalID
        self.trustedRoles = trustedRoles
        self.endpoint = endpoint
        self.privateOnly = privateOnly
    }
}

/// A program that keeps CMKs and answers for them (`docs/KEY_MANAGERS.md`).
package struct KeyProgramSettings: Hashable, Sendable {
    /// The program, by absolute path or as `PATH` has it, and its arguments.
    package var command: [String]
    /// How long one answer may take.
    package var secondsAtMost: Int64

    package init(command: [String], secondsAtMost: Int64 = 30) {
        self.command = command
        self.secondsAtMost = secondsAtMost
    }
}

/// How to reach a token by PKCS#11.
package struct TokenSettings: Hashable, Sendable {
    /// The maker's shared library: an absolute path.
    package var module: String
    /// The token's label, as it stands in URIs.
    package var token: String
    /// An absolute path: a file of this user's with the token's user PIN.
    package var pinFile: String

    package init(module: String, token: String, pinFile: String) {
        self.module = module
        self.token = token
        self.pinFile = pinFile
    }
}
