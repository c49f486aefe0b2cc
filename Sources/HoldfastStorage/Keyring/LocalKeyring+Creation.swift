import HoldfastCrypto
package import HoldfastModel

extension LocalKeyring {
    /// To be printed when a keyring is created.
    package static let notice = """
        A key manager in one file. It protects the repository from whoever has the store but not this file and passphrase. \
        It does not protect from root on this host, and it cannot prove destruction: an old copy of the file plus the \
        passphrase brings every key back.
        """

    /// The longest label that a person may give a new CMK, in bytes: a keyring has room for thousands of such.
    package static let maximumLabelByteCount = 256

    /// To be printed when the passphrase is changed.
    package static let passphraseChangeNotice = "Old copies of the keyring still open with the old passphrase."

    /// Creates an empty keyring, and its directory where that is missing. Never replaces a file.
    package func create(_ protection: KeyringProtection) throws(KeyManagerError) {
        try store.makeDirectory()
        try refuseExisting()
        let (id, kdf): (KeyringID, KeyringKDF) = (Random.id(), protection.makeKDF())
        let check = try secrets(of: id, kdf, protection.passphrase).checkBytes
        let document = KeyringDocument(id: id, generation: 0, seen: nil, kdf: kdf, check: check, keys: [])
        try store.withLock { () throws(KeyManagerError) in
            try refuseExisting()
            try write(document, after: nil)
        }
    }

    /// Creates a CMK of this project, enabled.
    package func createCMK(label: String) throws(KeyManagerError) -> CMK {
        try change { document, secrets throws(KeyManagerError) in
            let (id, created): (LocalKeyID, Timestamp) = (Random.id(), clock.now())
            let (salt, sealed) = secrets.seal(Random.secret(), id: id, created: created)
            let cmk = SealedCMK(project: project, created: created, state: .enabled, salt: salt, sealed: sealed)
            document.keys.append(KeyringKey(id: id, label: label, content: .sealed(cmk)))
            return LocalCMK(keyring: document.id, key: id).cmk
        }
    }

    /// Seals all CMKs anew under another passphrase. Old copies of the file still open with the old one.
    package func changePassphrase(to protection: KeyringProtection) throws(KeyManagerError) {
        let kdf = protection.makeKDF()
        let next = try secrets(of: read().document.id, kdf, protection.passphrase)
        try change { document, secrets throws(KeyManagerError) in
            for index in document.keys.indices {
                guard case .sealed(var cmk) = document.keys[index].content else { continue }
                let id = document.keys[index].id
                (cmk.salt, cmk.sealed) = next.seal(try unseal(cmk, id: id, secrets), id: id, created: cmk.created)
                document.keys[index].content = .sealed(cmk)
            }
            (document.kdf, document.check) = (kdf, next.checkBytes)
        }
    }

    /// Destroys a CMK at once, without proof or waiting: for tests of what happens then, behind a hidden command.
    package func destroy(_ cmk: CMK) throws(KeyManagerError) {
        try change { document, _ throws(KeyManagerError) in
            try document.refuseForeign(cmk, project: project)
            try document.destroy(cmk, at: clock.now())
        }
    }

    private func refuseExisting() throws(KeyManagerError) {
        guard try !store.exists() else { throw .keyring(store.path.text, detail: "there is a keyring already") }
    }
}
