import CPKCS11
import HoldfastCrypto
import HoldfastFormat
package import HoldfastModel

/// CMKs on a PKCS#11 token, `pkcs11:<token>/<id>`: AES keys that never leave it (`docs/KEY_MANAGERS.md`).
///
/// It opens one session, when it is first asked. Everything runs on a queue of its own, since tokens block.
package actor TokenKeyManager {
    private let executor = BlockingExecutor(label: "holdfast.token")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Waiting periods, in seconds: 7 and 365 days.
    static let waitingPeriod: ClosedRange<Int64> = 7 * 86_400...365 * 86_400
    private static let keyByteCount = 32
    private static let ivByteCount = 12
    private static let wrappedByteCount = ivByteCount + keyByteCount + 16

    private let settings: TokenSettings
    private let clock: @Sendable () -> Timestamp
    private let realClock: @Sendable () -> Timestamp
    private var session: TokenSession?
    /// A token locks itself after a few wrong PINs: after the first we try no more.
    private var refusal: KeyManagerError?

    /// Nothing is loaded yet.
    ///
    /// - Parameters:
    ///   - clock: when envelopes say that they were made.
    ///   - realClock: what waiting periods end by, whatever `--time` says.
    package init(
        _ settings: TokenSettings, clock: @escaping @Sendable () -> Timestamp, realClock: @escaping @Sendable () -> Timestamp
    ) {
        self.settings = settings
        self.clock = clock
        self.realClock = realClock
    }

    /// How errors call it.
    nonisolated var title: String { "\(TokenCMK.scheme):\(settings.token)" }

    /// Does something in the session. After a failure that is not the key's the next call opens another one: the token may be back.
    private func withSession<Answer: ~Copyable>(
        about cmk: CMK? = nil, _ body: (TokenSession) throws(TokenFailure) -> Answer
    ) throws(KeyManagerError) -> Answer {
        if let refusal { throw refusal }
        do throws(TokenFailure) {
            let session = try opened()
            return try body(session)
        } catch {
            if error.code == TokenFailure.unsuitableCode, let cmk { throw .unsuitable(cmk, detail: error.detail ?? "") }
            session = nil
            guard error.isWrongPIN else { throw .unreachable(title, detail: "\(error)") }
            let refusal = KeyManagerError.passphrase(settings.pinFile, detail: "\(error)")
            self.refusal = refusal
            throw refusal
        }
    }

    private func opened() throws(TokenFailure) -> TokenSession {
        if let session { return session }
        let pin: Secret
        do throws(KeyManagerError) {
            pin = try PassphraseReader.read(ownFile: settings.pinFile)
        } catch {
            throw TokenFailure(operation: "read the PIN in \(settings.pinFile)", code: 0, detail: error.passphraseDetail)
        }
        let session = try TokenSession(module: settings.module, token: settings.token, pin: pin)
        self.session = session
        return session
    }

    /// The name of a CMK on this token. That of another token says nothing of any key.
    private func name(_ cmk: CMK) throws(KeyManagerError) -> TokenCMK {
        guard let name = TokenCMK(cmk) else { throw .unsuitable(cmk, detail: "this is not pkcs11:TOKEN/ID, with the id in hex") }
        guard name.token == settings.token else {
            throw .unreachable(cmk.uri, detail: "the project file has the token \(settings.token), not \(name.token)")
        }
        return name
    }

    /// A key as it is now. One whose waiting period is over can still be taken back while it is there.
    private func key(_ name: TokenCMK) throws(KeyManagerError) -> TokenKey {
        let key = try withSession(about: name.cmk) { session throws(TokenFailure) in try session.key(name) }
        guard let key else { throw .notFound(name.cmk) }
        return key
    }

    /// Destroys the keys whose waiting period is over. What only asks, or takes a deletion back, does not do it: the one that is to be
    /// saved may be due as well.
    ///
    /// Whoever wraps or changes another key did not ask for that: where the token does not let us, or another host is faster, the key stays as
    /// it is, of no use to anybody, and the next one tries again.
    private func buryDueKeys() throws(KeyManagerError) {
        let (now, token) = (realClock(), settings.token)
        try withSession { session throws(TokenFailure) in
            for name in try session.namesOnNotes(.deletion, of: token).sorted(by: { $0.cmk < $1.cmk }) {
                do throws(TokenFailure) {
                    guard let key = try session.key(name), let date = key.deletionDate, now >= date else { continue }
                    try session.bury(key, name, at: now)
                } catch {
                    continue
                }
            }
        }
    }

    private func key(_ cmk: CMK, in states: Set<CMKState>) throws(KeyManagerError) -> (TokenKey, UInt, TokenCMK) {
        let name = try name(cmk)
        let key = try key(name)
        guard states.contains(key.state), let handle = key.handle else { throw .state(cmk, key.state) }
        return (key, handle, name)
    }

    private func describe(_ key: TokenKey, _ cmk: CMK) -> CMKDescription {
        CMKDescription(
            cmk: cmk, state: key.state, label: key.label, created: nil, deletionDate: key.deletionDate,
            assurance: key.isExtractable ? "token, extractable" : "token", repositories: key.repositories)
    }
}

extension TokenKeyManager: KeyManager {
    package nonisolated var scheme: String { TokenCMK.scheme }

    /// A stone stays on the token; a key of which there is none may be on another token of this label, or on an older copy.
    package nonisolated var remembersDestroyed: Bool { true }

    package func describe(_ cmk: CMK) throws(KeyManagerError) -> CMKDescription {
        let name = try name(cmk)
        return describe(try key(name), cmk)
    }

    /// The AES keys that have an id, and the stones.
    package func list() throws(KeyManagerError) -> [CMKDescription] {
        let token = settings.token
        let names = try withSession { session throws(TokenFailure) in
            var names: Set<TokenCMK> = []
            for key in try session.keys() where try session.number(CKA_KEY_TYPE, of: key) == UInt(CKK_AES) {
                if let name = TokenCMK(token: token, id: try session.bytes(CKA_ID, of: key)) { names.insert(name) }
            }
            return try names.union(session.namesOnNotes(.deletion, of: token)).union(session.namesOnNotes(.destroyed, of: token))
        }
        var all: [CMKDescription] = []
        for name in names.sorted(by: { $0.cmk < $1.cmk }) {
            do throws(KeyManagerError) {
                all.append(describe(try key(name), name.cmk))
            } catch .unsuitable {
                continue
            }
        }
        return all
    }

    package func recordUse(of cmk: CMK, by repository: RepositoryID) throws(KeyManagerError) {
        let (key, _, name) = try key(cmk, in: [.enabled, .disabled, .pendingDeletion])
        guard !key.repositories.contains(repository) else { return }
        try withSession { session throws(TokenFailure) in
            try session.noteUse(of: name, by: repository)
        }
    }

    package func wrap(
        _ key: borrowing Secret, under cmk: CMK, context: EncryptionContext
    ) throws(KeyManagerError) -> Envelope {
        precondition(key.count == Self.keyByteCount, "a snapshot key has 32 bytes")
        try buryDueKeys()
        let (_, handle, _) = try self.key(cmk, in: [.enabled])
        // Random, and so good for 2^32 wrappings under one CMK: one snapshot is one wrapping.
        let iv = Random.bytes(Self.ivByteCount)
        let sealed: [UInt8]
        do throws(TokenFailure) {
            sealed = try opened().seal(key, under: handle, iv: iv, authenticating: context.canonicalBytes)
        } catch  where error.isForbiddenUse {
            throw .state(cmk, .disabled)
        } catch {
            session = nil
            throw .unreachable(title, detail: "\(error)")
        }
        return Envelope(cmk: cmk, wrapped: iv + sealed, created: clock())
    }

    package func unwrap(_ envelope: Envelope, context: EncryptionContext) throws(KeyManagerError) -> Secret {
        let cmk = envelope.cmk
        let (_, handle, _) = try key(cmk, in: [.enabled])
        guard envelope.wrapped.count == Self.wrappedByteCount else { throw .incorrect(cmk) }
        let (iv, sealed) = (Array(envelope.wrapped.prefix(Self.ivByteCount)), Array(envelope.wrapped.dropFirst(Self.ivByteCount)))
        do throws(TokenFailure) {
            return try opened().open(sealed, under: handle, iv: iv, authenticating: context.canonicalBytes)
        } catch  where error.isForbiddenUse {
            throw .state(cmk, .disabled)
        } catch  where error.isWrongCiphertext || error.mayBeWrongCiphertext && canOpenItsOwn(handle) {
            throw .incorrect(cmk)
        } catch {
            session = nil
            throw .unreachable(title, detail: "\(error)")
        }
    }

    /// Whether the key opens what it seals just now: then it was not the token that failed.
    private func canOpenItsOwn(_ handle: UInt) -> Bool {
        let (iv, bytes) = (Random.bytes(Self.ivByteCount), Random.bytes(Self.keyByteCount))
        do throws(TokenFailure) {
            let session = try opened()
            let sealed = try session.seal(Secret(copying: bytes.span), under: handle, iv: iv, authenticating: iv)
            let opened = try session.open(sealed, under: handle, iv: iv, authenticating: iv)
            return ConstantTime.equal(opened.bytes, bytes.span)
        } catch {
            return false
        }
    }

    /// The key is disabled as well: should anybody else use the token, they notice.
    package func scheduleDeletion(
        of cmk: CMK, proof: borrowing DeletionProof, waiting: Period
    ) throws(KeyManagerError) -> Timestamp {
        precondition(proof.cmks.contains(cmk), "the proof is of other CMKs")
        let now = realClock()
        let date = waiting.after(now)
        guard Self.waitingPeriod.contains(date - now) else {
            throw .unsuitable(cmk, detail: "a waiting period is from 7 to 365 days, not \(waiting)")
        }
        try buryDueKeys()
        let (key, handle, name) = try key(cmk, in: [.enabled, .disabled])
        try withSession { session throws(TokenFailure) in
            try session.permit(handle, false)
            try session.noteDeletion(of: key, name, at: date)
        }
        return date
    }

    package func cancelDeletion(of cmk: CMK) throws(KeyManagerError) {
        let (_, handle, name) = try key(cmk, in: [.pendingDeletion])
        try withSession { session throws(TokenFailure) in
            try session.permit(handle, false)
            try session.removeDeletion(of: name)
        }
    }

    package func disable(_ cmk: CMK) throws(KeyManagerError) {
        try buryDueKeys()
        try permit(cmk, false)
    }

    package func enable(_ cmk: CMK) throws(KeyManagerError) { try permit(cmk, true) }

    private func permit(_ cmk: CMK, _ isAllowed: Bool) throws(KeyManagerError) {
        let (_, handle, _) = try key(cmk, in: [.enabled, .disabled])
        try withSession { session throws(TokenFailure) in try session.permit(handle, isAllowed) }
    }
}

extension KeyManagerError {
    /// Of one that reading a PIN gave.
    fileprivate var passphraseDetail: String {
        if case .passphrase(_, let detail) = self { detail } else { "\(self)" }
    }
}
