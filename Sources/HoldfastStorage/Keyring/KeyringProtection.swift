import HoldfastCrypto
package import HoldfastModel

/// Gives the passphrase when it is needed, or says why there is none; asked at most once for each root secret.
package typealias PassphraseProvider = @Sendable () throws(KeyManagerError) -> Secret

/// What a new keyring is protected with.
package struct KeyringProtection: Sendable {
    /// Never asked where there is no scrypt.
    let passphrase: PassphraseProvider
    /// N of scrypt; nil without a passphrase.
    private let cost: UInt64?

    /// Nothing (`--no-passphrase`): whoever has the file has the keys.
    package static let unprotected = KeyringProtection(passphrase: noPassphrase, cost: nil)

    /// A passphrase of at least 12 characters under scrypt with N = `cost`, a power of two from 2^10 to 2^20: 2^17 takes
    /// 128 MiB and 0.6 s.
    package static func passphrase(
        cost: UInt64 = 1 << 17, _ passphrase: @escaping PassphraseProvider
    ) -> KeyringProtection {
        precondition((1 << 10...KeyringKDF.maximumCost).contains(cost) && cost & (cost - 1) == 0)
        return KeyringProtection(
            passphrase: { () throws(KeyManagerError) in
                let secret = try passphrase()
                try PassphraseRules.refuseShort(secret)
                return secret
            }, cost: cost)
    }

    /// A derivation with a fresh salt.
    func makeKDF() -> KeyringKDF {
        let salt = Random.bytes(KeyringKDF.saltByteCount)
        return cost.map { .scrypt(cost: $0, parallelism: 1, salt: salt) } ?? .none(salt: salt)
    }

    @Sendable private static func noPassphrase() throws(KeyManagerError) -> Secret { Secret(zeroed: 0) }
}
