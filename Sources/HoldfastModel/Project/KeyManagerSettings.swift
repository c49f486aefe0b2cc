/// How to reach each key manager.
package struct KeyManagerSettings: Hashable, Sendable {
    package var local: LocalKeyringSettings
    /// Nil where the file has no `aws-kms:`.
    package var aws: AWSSettings?

    package init(local: LocalKeyringSettings, aws: AWSSettings? = nil) {
        self.local = local
        self.aws = aws
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
    /// Where multi-Region CMKs are tried, in this order.
    package var regions: [String]
    package var role: String?
    package var externalID: String?
    package var endpoint: String?
    /// Refuses endpoints that are not private.
    package var privateOnly: Bool
    /// Takes plain http to another host: for S3 alone, which gets and gives only what is sealed.
    package var isInsecure = false

    package init(
        region: String? = nil, regions: [String] = [], role: String? = nil, externalID: String? = nil, endpoint: String? = nil,
        privateOnly: Bool = false
    ) {
        self.region = region
        self.regions = regions
        self.role = role
        self.externalID = externalID
        self.endpoint = endpoint
        self.privateOnly = privateOnly
    }
}
