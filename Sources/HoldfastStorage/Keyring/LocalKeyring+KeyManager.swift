import HoldfastCrypto
package import HoldfastModel

extension LocalKeyring: KeyManager {
    package nonisolated var scheme: String { LocalCMK.scheme }

    /// A destroyed CMK leaves a stone: one of which there is none was made after this copy of the file.
    package nonisolated var remembersDestroyed: Bool { true }

    // These two are async although they wait for nothing: else callers of the type itself would get the port's defaults.
    package func edition() async throws(KeyManagerError) -> KeyManagerEdition? {
        try read().document.edition
    }

    /// The file's word: no passphrase is asked for, so the MAC is not checked. A CMK of another project is refused: what that one
    /// needs it for is not known here, so nothing here may speak for it.
    package func describe(_ cmk: CMK) throws(KeyManagerError) -> CMKDescription {
        let document = try read().document
        try document.refuseForeign(cmk, project: project)
        return document.describe(try document.key(cmk))
    }

    /// The file's word, as for `describe`. CMKs of other projects are left out.
    package func list() throws(KeyManagerError) -> [CMKDescription] {
        let document = try read().document
        return document.keys.filter { !$0.isForeign(to: project) }.map { document.describe($0) }
    }

    package func recordUse(of cmk: CMK, by repository: RepositoryID) async throws(KeyManagerError) {
        let document = try read().document
        if try document.key(cmk).repositories.contains(repository) { return }
        try changeOwn(cmk) { document throws(KeyManagerError) in try document.recordUse(of: cmk, by: repository) }
    }

    package func wrap(
        _ key: borrowing Secret, under cmk: CMK, context: EncryptionContext
    ) throws(KeyManagerError) -> Envelope {
        let (document, secrets) = try openSwept()
        try document.refuseForeign(cmk, project: context.project)
        let (id, sealed) = try document.usableKey(cmk)
        let opened = try unseal(sealed, id: id, secrets)
        return Envelope(
            cmk: cmk, wrapped: Wrapping.wrap(key, under: opened, context: context), created: clock.now())
    }

    package func unwrap(_ envelope: Envelope, context: EncryptionContext) throws(KeyManagerError) -> Secret {
        let (document, secrets) = try open()
        let (id, sealed) = try document.usableKey(envelope.cmk)
        let opened = try unseal(sealed, id: id, secrets)
        do {
            return try Wrapping.unwrap(envelope.wrapped, under: opened, context: context)
        } catch {
            throw .incorrect(envelope.cmk)
        }
    }

    package func scheduleDeletion(
        of cmk: CMK, proof: borrowing DeletionProof, waiting: Period
    ) throws(KeyManagerError) -> Timestamp {
        precondition(proof.cmks.contains(cmk), "the proof is of other CMKs")
        let now = clock.now()
        let date = waiting.after(now)
        guard KeyringDocument.waitingPeriod.contains(date - now) else {
            throw .keyring(store.path.text, detail: "a waiting period is from 7 to 365 days, not \(waiting)")
        }
        try changeOwn(cmk) { document throws(KeyManagerError) in try document.scheduleDeletion(of: cmk, after: date) }
        return date
    }

    /// Destroys no other either: several may be due, and be taken back one after the other.
    package func cancelDeletion(of cmk: CMK) throws(KeyManagerError) {
        try changeOwn(cmk, isSweeping: false) { document throws(KeyManagerError) in try document.cancelDeletion(of: cmk) }
    }

    package func disable(_ cmk: CMK) throws(KeyManagerError) {
        try changeOwn(cmk) { document throws(KeyManagerError) in try document.disable(cmk) }
    }

    /// The second half of taking a deletion back.
    package func enable(_ cmk: CMK) throws(KeyManagerError) {
        try changeOwn(cmk, isSweeping: false) { document throws(KeyManagerError) in try document.enable(cmk) }
    }

    /// Changes a CMK that belongs to this project.
    private func changeOwn(
        _ cmk: CMK, isSweeping: Bool = true, _ body: (inout KeyringDocument) throws(KeyManagerError) -> Void
    ) throws(KeyManagerError) {
        try change(isSweeping: isSweeping) { document, _ throws(KeyManagerError) in
            try document.refuseForeign(cmk, project: project)
            try body(&document)
        }
    }
}
