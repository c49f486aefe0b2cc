package import HoldfastModel

/// What `init` puts into a new project file.
package struct NewProject: Sendable {
    package var name: String
    package var cmks: [CMKPattern]
    /// The local keyring as the file is to name it; nil where there is none.
    package var keyring: String?
    package var passphraseFile: String?
    /// How AWS KMS is reached, and S3 with it; nil where the CMK is not there.
    package var aws: AWSSettings?
    /// How S3 is reached where the CMK is elsewhere.
    package var s3: AWSSettings?
    /// Nil where snapshots in S3 are not locked.
    package var lock: S3Settings.LockMode?
    package var cluster: String
    /// A directory or `s3://bucket/prefix`, as the file is to name it.
    package var repository: String
    package var id: RepositoryID

    package init(
        name: String = "default", cmks: [CMKPattern], keyring: String? = nil, passphraseFile: String? = nil,
        aws: AWSSettings? = nil, s3: AWSSettings? = nil, lock: S3Settings.LockMode? = nil,
        cluster: String = "default", repository: String = "./repository",
        id: RepositoryID
    ) {
        self.name = name
        self.cmks = cmks
        self.keyring = keyring
        self.passphraseFile = passphraseFile
        self.aws = aws
        self.s3 = s3
        self.lock = lock
        self.cluster = cluster
        self.repository = repository
        self.id = id
    }

    /// The file's text; `docs/CLI.md` says what else may stand in it.
    package var text: String {
        """
        # Holdfast's project file. Whoever restores needs it, and the keyring if one is named here: keep copies elsewhere.
        project: \(YAMLText.scalar(name))  # stands in every encryption context: it does not change
        cmks:  # the CMKs that this project trusts: URIs, or patterns with one * at the end
        \(cmks.map { "  - \(YAMLText.scalar($0.text))" }.joined(separator: "\n"))
        \(keyManagers)recovery: []  # CMKs that wrap every snapshot as well
        clusters:
          \(YAMLText.scalar(cluster)):
            repository: \(YAMLText.scalar(repository))  # a directory, or s3://bucket/prefix
            id: \(YAMLText.scalar(id.hex))  # the repository's id: no other one will be taken for it
            backup: on
            policy: {}  # the default policy: `holdfast policy show`

        """
    }

    private var keyManagers: String {
        let lines = [localLine, aws.flatMap { Self.line("aws-kms", Self.fields($0)) }].compactMap(\.self)
        let managers = lines.isEmpty ? "" : "key_managers:\n\(lines.joined())"
        let store = Self.line("s3", (s3.map(Self.fields) ?? []) + (lock.map { ["lock: \($0.rawValue)"] } ?? []))
        return managers + (store.map { "stores:\n\($0)" } ?? "")
    }

    private var localLine: String? {
        guard let keyring else { return nil }
        let passphrase = passphraseFile.map { ", passphrase_file: \(YAMLText.scalar($0))}" } ?? "}  # its passphrase is asked for"
        return "  local: {keyring: \(YAMLText.scalar(keyring))\(passphrase)\n"
    }

    private static func fields(_ settings: AWSSettings) -> [String] {
        [("region", settings.region), ("role", settings.role), ("external_id", settings.externalID)]
            .compactMap { name, value in value.map { "\(name): \(YAMLText.scalar($0))" } }
    }

    private static func line(_ name: String, _ fields: [String]) -> String? {
        fields.isEmpty ? nil : "  \(name): {\(fields.joined(separator: ", "))}\n"
    }
}
