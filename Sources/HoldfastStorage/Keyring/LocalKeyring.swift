package import HoldfastModel

/// A key manager in one file: it keeps CMKs under a passphrase.
///
/// It protects the repository from whoever has the store but not the file and the passphrase; not from root on this host.
/// The file is read at every operation; scrypt runs once for each passphrase. `describe`, `list` and `generation` ask for
/// no passphrase and so do not check the MAC: what they say is the file's word. All else verifies it.
/// Everything runs on a queue of its own, since disks, scrypt and people at a terminal block.
package actor LocalKeyring {
    private let executor = BlockingExecutor(label: "holdfast.keyring")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    nonisolated let store: KeyringStore
    nonisolated let project: String
    nonisolated let clock: KeyringClock
    private let passphrase: PassphraseProvider
    private let remember: @Sendable (KeyManagerEdition) -> KeyringStanding
    private let tell: @Sendable (KeyringStanding, KeyManagerEdition) -> Void
    /// What was asked about last, the answer, and whether a person has it.
    private var remembered: (edition: KeyManagerEdition, standing: KeyringStanding, isTold: Bool)?
    private var derived: [SecretsName: KeyringSecrets] = [:]

    /// What secrets are derived from, beside the passphrase.
    private struct SecretsName: Hashable {
        let keyring: KeyringID
        let kdf: KeyringKDF
    }

    /// The keyring at `path` for use by `project`. Nothing is read yet, and it need not be there.
    ///
    /// - Parameters:
    ///   - remember: is told of each edition that was opened or written here, so that an older copy in its place is noticed. An older
    ///     copy is not changed: it would soon count as many changes as the newer one, and be taken for it. Nor is one that may be one,
    ///     but to have a CMK back.
    ///   - tell: gets the answer, once, where the file still is what was asked about.
    package init(
        path: String, project: String, clock: KeyringClock, passphrase: @escaping PassphraseProvider,
        remember: @escaping @Sendable (KeyManagerEdition) -> KeyringStanding = { _ in .newest },
        tell: @escaping @Sendable (KeyringStanding, KeyManagerEdition) -> Void = { _, _ in }
    ) {
        self.remember = remember
        self.tell = tell
        store = KeyringStore(path: path)
        self.project = project
        self.clock = clock
        self.passphrase = passphrase
    }

    /// Who removes it lets two processes write at once.
    package nonisolated var lockPath: String { "\(store.path.directory)/\(store.path.lock)" }

    /// The secrets of a document, derived where they were not yet.
    func secrets(of document: KeyringDocument) throws(KeyManagerError) -> KeyringSecrets {
        try secrets(of: document.id, document.kdf, passphrase)
    }

    func secrets(
        of keyring: KeyringID, _ kdf: KeyringKDF, _ passphrase: PassphraseProvider
    ) throws(KeyManagerError) -> KeyringSecrets {
        let name = SecretsName(keyring: keyring, kdf: kdf)
        if let secrets = derived[name] { return secrets }
        let secrets = KeyringSecrets(root: try kdf.root(passphrase), keyring: keyring)
        derived[name] = secrets
        return secrets
    }

    /// How a document that was verified, or written, stands to what is remembered.
    func standing(of document: KeyringDocument) -> KeyringStanding {
        if let remembered, remembered.edition == document.edition { return remembered.standing }
        let standing = remember(document.edition)
        remembered = (edition: document.edition, standing: standing, isTold: false)
        return standing
    }

    /// The same, and it is told.
    @discardableResult func note(_ document: KeyringDocument) -> KeyringStanding {
        let standing = standing(of: document)
        if remembered?.isTold == false {
            remembered?.isTold = true
            tell(standing, document.edition)
        }
        return standing
    }

    /// Forgets what a wrong passphrase gave.
    func forgetSecrets(of document: KeyringDocument) {
        derived[SecretsName(keyring: document.id, kdf: document.kdf)] = nil
    }
}
