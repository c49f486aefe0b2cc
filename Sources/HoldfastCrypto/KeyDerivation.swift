import CLibCrypto
package import HoldfastModel

/// HKDF with SHA-256 (RFC 5869) and scrypt (RFC 7914): secrets from secrets, and from passphrases.
package enum KeyDerivation {
    /// HKDF-Extract: 32 bytes from `salt` and input key material.
    package static func extract(salt: Span<UInt8>, from material: Span<UInt8>) -> Secret {
        // RFC 5869, section 2.2: no salt is 32 zero bytes; OpenSSL 3.0 fails on none at all.
        let zeros = [UInt8](repeating: 0, count: 32)
        return hkdf("EXTRACT_ONLY", key: material, salt: salt.isEmpty ? zeros.span : salt, info: .init(), count: 32)
    }

    /// HKDF-Expand: `count` bytes, at most 8,160, from an extracted key.
    package static func expand(_ extracted: borrowing Secret, info: Span<UInt8>, count: Int = 32) -> Secret {
        hkdf("EXPAND_ONLY", key: extracted.bytes, salt: .init(), info: info, count: count)
    }

    /// Both steps in one.
    package static func derive(from material: Span<UInt8>, salt: Span<UInt8>, info: Span<UInt8>, count: Int = 32) -> Secret {
        expand(extract(salt: salt, from: material), info: info, count: count)
    }

    /// scrypt: `count` bytes; `cost` is N, `blockSize` r. Throws where the parameters need over 1.1 GiB.
    package static func scrypt(
        passphrase: Span<UInt8>, salt: Span<UInt8>, cost: UInt64, blockSize: UInt32, parallelism: UInt32, count: Int = 32
    ) throws(CryptoError) -> Secret {
        var result: Int32 = 0
        let secret = Secret(count: count) { out in
            unsafe withBytes(passphrase) { passphrase, passphraseCount in
                unsafe withBytes(salt) { salt, saltCount in
                    unsafe out.withUnsafeMutableBufferPointer {
                        result = unsafe crypto_scrypt(
                            LibCrypto.shared.scrypt, passphrase, passphraseCount, salt, saltCount, cost, blockSize, parallelism,
                            maximumMemory, $0.baseAddress, $0.count)
                    }
                }
            }
        }
        guard result == 1 else { throw .derivation }
        return secret
    }

    /// In bytes.
    private static let maximumMemory: UInt64 = 1_100 << 20

    private static func hkdf(
        _ mode: StaticString, key: Span<UInt8>, salt: Span<UInt8>, info: Span<UInt8>, count: Int
    ) -> Secret {
        Secret(count: count) { out in
            unsafe withBytes(key) { key, keyCount in
                unsafe withBytes(salt) { salt, saltCount in
                    unsafe withBytes(info) { info, infoCount in
                        unsafe out.withUnsafeMutableBufferPointer {
                            unsafe require(
                                crypto_hkdf(
                                    LibCrypto.shared.hkdf, mode.utf8Start, key, keyCount, salt, saltCount, info, infoCount,
                                    $0.baseAddress, $0.count), "EVP_KDF_derive")
                        }
                    }
                }
            }
        }
    }

    /// An empty run of bytes must not be null either.
    private static func withBytes(_ bytes: Span<UInt8>, _ body: (UnsafePointer<UInt8>, Int) -> Void) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var none: UInt8 = 0
            unsafe withUnsafePointer(to: &none) { unsafe body(buffer.baseAddress ?? $0, buffer.count) }
        }
    }
}
