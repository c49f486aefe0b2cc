import HoldfastFormat
import HoldfastModel

/// Reading and changing the file.
extension LocalKeyring {
    /// The file as it is, its MAC not checked.
    func read() throws(KeyManagerError) -> KeyringFile { try parse(store.read()) }

    /// The verified document and its secrets, as they stand. A CMK whose waiting period is over can still be taken back: whoever only
    /// reads does not put an end to that.
    ///
    /// Deriving takes its time, and another process may write and remember a later edition meanwhile: what is called older is read once
    /// more.
    func open() throws(KeyManagerError) -> (document: KeyringDocument, secrets: KeyringSecrets) {
        var file = try read()
        while true {
            let secrets = try verifiedSecrets(for: file)
            if case .older = standing(of: file.document) {
                let again = try read()
                if again.document.edition != file.document.edition {
                    file = again
                    continue
                }
            }
            note(file.document)
            return (file.document, secrets)
        }
    }

    /// The same, after removing the CMKs whose waiting period is over, where the file can be written: who wraps under another one did not
    /// ask for that. An older copy stands as it is, and what may be one.
    func openSwept() throws(KeyManagerError) -> (document: KeyringDocument, secrets: KeyringSecrets) {
        let (document, secrets) = try open()
        guard document.hasDueKeys(at: clock.now()), note(document) == .newest else { return (document, secrets) }
        do throws(KeyManagerError) {
            return try change { document, secrets throws(KeyManagerError) in (document, secrets) }
        } catch {
            // They wrap and open nothing all the same, and the next wrapping tries again.
            return (document, secrets)
        }
    }

    /// Changes the document under the lock, and writes it where it is then another. With `isSweeping` CMKs whose waiting period is over
    /// go first, whether or not `body` succeeds. Throws `olderKeyring` where a later edition was seen, and refuses where that could not be
    /// asked; but without `isSweeping` a CMK is to be had back and nothing is destroyed: that waits for no witness.
    func change<Answer>(
        isSweeping: Bool = true, _ body: (inout KeyringDocument, KeyringSecrets) throws(KeyManagerError) -> Answer
    ) throws(KeyManagerError) -> Answer {
        // Asks for the passphrase before the lock is taken: a person may need minutes.
        _ = try open()
        return try store.withLock { () throws(KeyManagerError) in
            let file = try read()
            let secrets = try verifiedSecrets(for: file)
            try requireNewest(file.document, isDestroying: isSweeping)
            try refuseClockSetBack(since: file.document.seen)
            var swept = file.document
            if isSweeping { swept.destroyDueKeys(at: clock.now()) }
            var changed = swept
            let outcome = Result<Answer, KeyManagerError> { () throws(KeyManagerError) in try body(&changed, secrets) }
            let next = if case .success = outcome { changed } else { swept }
            if next != file.document { try write(next, after: file.document) }
            return try outcome.get()
        }
    }

    /// Writes a document as the next generation. Call it under the lock.
    func write(_ document: KeyringDocument, after former: KeyringDocument?) throws(KeyManagerError) {
        var document = document
        document.generation = (former?.generation ?? 0) + 1
        if !clock.isSimulated { document.seen = clock.now() }
        let secrets = try secrets(of: document)
        let bytes = KeyringFile.bytes(of: document, secrets: secrets)
        // No reader takes more, and what is replaced is overwritten: every CMK would be lost.
        guard bytes.count <= KeyringFile.maximumByteCount else {
            throw .keyring(
                store.path.text, detail: "with this change it would be longer than a keyring can be; it stands as it was")
        }
        try store.replace(with: bytes) { stored throws(KeyManagerError) in
            try confirm(stored, is: document, secrets)
        }
        note(document)
    }

    func unseal(_ cmk: SealedCMK, id: LocalKeyID, _ secrets: KeyringSecrets) throws(KeyManagerError) -> Secret {
        do {
            return try secrets.unseal(cmk, id: id)
        } catch {
            throw damaged("key \(id) does not open under the right passphrase")
        }
    }

    /// What was written must read back as the same document, with every CMK openable.
    private func confirm(
        _ stored: [UInt8], is document: KeyringDocument, _ secrets: KeyringSecrets
    ) throws(KeyManagerError) {
        let file = try parse(stored)
        guard file.document == document, file.verify(secrets) == .sound else {
            throw damaged("what was written does not read back; the former file is untouched")
        }
        for key in document.keys {
            if case .sealed(let cmk) = key.content { _ = try unseal(cmk, id: key.id, secrets) }
        }
    }

    private func verifiedSecrets(for file: KeyringFile) throws(KeyManagerError) -> KeyringSecrets {
        let secrets = try secrets(of: file.document)
        switch file.verify(secrets) {
        case .sound: return secrets
        case .altered: throw damaged("its MAC does not match: something in it was altered")
        case .wrongPassphrase:
            forgetSecrets(of: file.document)
            throw .passphrase(
                store.path.text, detail: "the passphrase is wrong, or the keyring's id, kdf or check was altered")
        }
    }

    private func requireNewest(_ document: KeyringDocument, isDestroying: Bool) throws(KeyManagerError) {
        switch note(document) {
        case .newest: return
        case .older: throw .olderKeyring(store.path.text)
        case .unknown where !isDestroying: return
        case .unknown(let why):
            throw .keyring(store.path.text, detail: "is not changed, since it may be an older copy than was seen here: \(why)")
        }
    }

    private func refuseClockSetBack(since seen: Timestamp?) throws(KeyManagerError) {
        let now = clock.now()
        guard let seen, !clock.isSimulated, now < seen else { return }
        throw .keyring(
            store.path.text, detail: "the clock says \(now), but the keyring was written at \(seen): set the clock right first")
    }

    private func parse(_ bytes: [UInt8]) throws(KeyManagerError) -> KeyringFile {
        do throws(JSONError) {
            return try KeyringFile(parsing: bytes)
        } catch .member("format", KeyringDocument.newer) {
            throw .newerKeyring(store.path.text)
        } catch {
            throw damaged("\(error)")
        }
    }

    private func damaged(_ detail: String) -> KeyManagerError { .keyring(store.path.text, detail: "damaged: \(detail)") }
}
