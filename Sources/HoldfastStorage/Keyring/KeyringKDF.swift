import HoldfastCrypto
import HoldfastModel

/// How the root secret of a keyring is made (`docs/FORMAT.md`, local keyring).
enum KeyringKDF: Hashable, Sendable {
    /// scrypt with r = 8 over the passphrase's raw bytes; N = `cost`.
    case scrypt(cost: UInt64, parallelism: UInt32, salt: [UInt8])
    /// No passphrase: the root is this salt, which stands in the file. It protects from nobody who has the file.
    case none(salt: [UInt8])

    static let blockSize: UInt32 = 8
    static let saltByteCount = 32
    /// A reader refuses more: the file must not decide how much memory a command takes.
    static let maximumCost: UInt64 = 1 << 20
    static let maximumParallelism: UInt32 = 4

    var salt: [UInt8] {
        switch self {
        case .scrypt(_, _, let salt), .none(let salt): salt
        }
    }

    /// `software`, or `unprotected` where there is no passphrase.
    var assurance: String {
        switch self {
        case .scrypt: "software"
        case .none: "unprotected"
        }
    }

    /// The root secret, 32 bytes. The passphrase is asked for only where it is needed; scrypt takes about 0.6 s at 2^17.
    func root(_ passphrase: PassphraseProvider) throws(KeyManagerError) -> Secret {
        switch self {
        case .none(let salt): return Secret(copying: salt.span)
        case .scrypt(let cost, let parallelism, let salt):
            let secret = try passphrase()
            do {
                return try KeyDerivation.scrypt(
                    passphrase: secret.bytes, salt: salt.span, cost: cost, blockSize: Self.blockSize, parallelism: parallelism)
            } catch {
                let memory = cost * UInt64(Self.blockSize) * 128 >> 20
                throw .passphrase("local keyring", detail: "scrypt failed: it needs \(memory) MiB of memory")
            }
        }
    }
}
