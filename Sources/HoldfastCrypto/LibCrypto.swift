import CLibCrypto

/// The algorithms of libcrypto, fetched once per process (`docs/FORMAT.md`, section 6).
@safe
struct LibCrypto: @unchecked Sendable {
    let aes256GCM: OpaquePointer
    let hmac: OpaquePointer
    let hkdf: OpaquePointer
    let scrypt: OpaquePointer
    let sha256: OpaquePointer
    let aes256CTR: OpaquePointer

    static let shared = LibCrypto()

    private init() {
        unsafe self.aes256GCM = Self.fetched(EVP_CIPHER_fetch(nil, "AES-256-GCM", nil), "AES-256-GCM")
        unsafe self.aes256CTR = Self.fetched(EVP_CIPHER_fetch(nil, "AES-256-CTR", nil), "AES-256-CTR")
        unsafe self.hmac = Self.fetched(EVP_MAC_fetch(nil, "HMAC", nil), "HMAC")
        unsafe self.hkdf = Self.fetched(EVP_KDF_fetch(nil, "HKDF", nil), "HKDF")
        unsafe self.scrypt = Self.fetched(EVP_KDF_fetch(nil, "SCRYPT", nil), "SCRYPT")
        unsafe self.sha256 = Self.fetched(EVP_MD_fetch(nil, "SHA256", nil), "SHA256")
    }

    private static func fetched(_ algorithm: OpaquePointer?, _ name: StaticString) -> OpaquePointer {
        guard let algorithm = unsafe algorithm else { preconditionFailure("this libcrypto has no \(name)") }
        return unsafe algorithm
    }
}

/// Stops the process when libcrypto refuses what cannot fail but by lack of memory or misuse: nothing half done goes on.
/// The repository is made for a process that dies at any moment.
func require(_ result: Int32, _ call: StaticString) {
    precondition(result == 1, "libcrypto: \(call) failed")
}

/// The longest input of one call; libcrypto counts in `int` (`docs/FORMAT.md`, section 6).
let maximumByteCount = 16 << 20
