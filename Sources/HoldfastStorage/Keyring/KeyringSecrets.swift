import HoldfastCrypto
import HoldfastModel

/// What a passphrase gives: the check value, the key of the file's MAC and the key that seals its CMKs.
final class KeyringSecrets: Sendable {
    private let keyring: KeyringID
    private let check: Secret
    private let mac: Secret
    private let seal: Secret

    init(root: borrowing Secret, keyring: KeyringID) {
        func secret(_ use: String) -> Secret {
            KeyDerivation.expand(root, info: (Array("holdfast/1 keyring-\(use)".utf8) + keyring.bytes).span)
        }
        self.keyring = keyring
        check = secret("check")
        mac = secret("mac")
        seal = secret("key")
    }

    /// The check value as the file stores it: it gives nothing of the other two away.
    var checkBytes: [UInt8] { check.copy }

    func matches(check stored: [UInt8]) -> Bool { check.equals(stored) }

    func authenticate(_ bytes: [UInt8]) -> Digest { mac.authenticate(bytes) }

    func matches(mac stored: [UInt8], over bytes: [UInt8]) -> Bool {
        ConstantTime.equal(authenticate(bytes).bytes.span, stored.span)
    }

    /// Seals a CMK under a fresh salt.
    func seal(_ cmk: borrowing Secret, id: LocalKeyID, created: Timestamp) -> (salt: [UInt8], sealed: [UInt8]) {
        let salt = Random.bytes(SealedCMK.saltByteCount)
        let key = seal.derive(salt: salt, info: id.bytes)
        return (salt, OneTimeSeal.seal(cmk, key: key, authenticating: authenticated(id, created)))
    }

    func unseal(_ cmk: SealedCMK, id: LocalKeyID) throws(CryptoError) -> Secret {
        let key = seal.derive(salt: cmk.salt, info: id.bytes)
        return try OneTimeSeal.open(cmk.sealed, key: key, authenticating: authenticated(id, cmk.created))
    }

    /// Keyring, key and creation time, the last as it is written: no sealed CMK can stand in another's place.
    private func authenticated(_ id: LocalKeyID, _ created: Timestamp) -> [UInt8] {
        keyring.bytes + id.bytes + Array(created.description.utf8)
    }
}

/// A class lends no spans of what it holds, but it lends the secret itself.
extension Secret {
    fileprivate var copy: [UInt8] { bytes.indices.map { bytes[$0] } }

    fileprivate func equals(_ other: [UInt8]) -> Bool { ConstantTime.equal(bytes, other.span) }

    fileprivate func authenticate(_ message: [UInt8]) -> Digest {
        HMACSHA256(key: bytes).authenticate(message.span)
    }

    fileprivate func derive(salt: [UInt8], info: [UInt8]) -> Secret {
        KeyDerivation.derive(from: bytes, salt: salt.span, info: info.span)
    }
}
