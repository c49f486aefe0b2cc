package import HoldfastModel

/// What `init` puts into a new project file.
package struct NewProject: Sendable {
    package var name: String
    package var cmks: [CMKPattern]
    /// The local keyring as the file is to name it; nil where there is none.
    package var keyring: String?
    package var passphraseFile: String?
    package var cluster: String
    /// A directory or `s3://bucket/prefix`, as the file is to name it.
    package var repository: String
    package var id: RepositoryID

    package init(
        name: String = "default", cmks: [CMKPattern], keyring: String? = nil, passphraseFile: String? = nil,
        cluster: String = "default", repository: String = "./repository", id: RepositoryID
    ) {
        self.name = name
        self.cmks = cmks
        self.keyring = keyring
        self.passphraseFile = passphraseFile
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
        guard let keyring else { return "" }
        let passphrase = passphraseFile.map { ", passphrase_file: \(YAMLText.scalar($0))}" } ?? "}  # its passphrase is asked for"
        return "key_managers:\n  local: {keyring: \(YAMLText.scalar(keyring))\(passphrase)\n"
    }
}
