package import HoldfastModel

/// Where a passphrase is taken from.
package enum PassphraseOrigin: Hashable, Sendable {
    case descriptor(Int32)
    case file(String)
    /// A file named in the project file: it must be the user's own and closed to all others.
    case ownFile(String)
    case terminal
}

/// What was said about the passphrase, in the order in which it counts (`docs/CLI.md`, global options).
package struct PassphraseWays: Hashable, Sendable {
    /// `--passphrase-fd`.
    package var descriptor: Int32?
    /// `--passphrase-file` or HOLDFAST_PASSPHRASE_FILE.
    package var file: String?
    /// systemd's `$CREDENTIALS_DIRECTORY`.
    package var credentialsDirectory: String?
    /// `passphrase_file:` of the project file.
    package var projectFile: String?

    package init(
        descriptor: Int32? = nil, file: String? = nil, credentialsDirectory: String? = nil, projectFile: String? = nil
    ) {
        self.descriptor = descriptor
        self.file = file
        self.credentialsDirectory = credentialsDirectory
        self.projectFile = projectFile
    }

    /// The first way that is open. A file that was named but cannot be read is an error later, never skipped; only
    /// systemd's credential may be absent, since that directory may hold other credentials.
    package func origin(exists: (String) -> Bool, hasTerminal: Bool) throws(KeyManagerError) -> PassphraseOrigin {
        if let descriptor { return .descriptor(descriptor) }
        if let file { return .file(file) }
        if let credential = credentialsDirectory.map({ "\($0)/holdfast" }), exists(credential) { return .file(credential) }
        if let projectFile { return .ownFile(projectFile) }
        if hasTerminal { return .terminal }
        throw .passphrase(
            "local keyring",
            detail: """
                no passphrase: give --passphrase-fd N, --passphrase-file FILE, HOLDFAST_PASSPHRASE_FILE, \
                $CREDENTIALS_DIRECTORY/holdfast or passphrase_file: in the project file, or run it in a terminal
                """)
    }
}
