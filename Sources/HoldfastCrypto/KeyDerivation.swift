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
        guard let context = unsafe EVP_KDF_CTX_new(LibCrypto.shared.scrypt) else { throw .derivation }
        defer { unsafe EVP_KDF_CTX_free(context) }
        var (cost, blockSize, parallelism, memory) = (cost, blockSize, parallelism, UInt64(1_100 << 20))
        var result: Int32 = 0
        let secret = Secret(count: count) { out in
            unsafe withUnsafeTemporaryAllocation(of: OSSL_PARAM.self, capacity: 7) { list in
                unsafe withBytes(passphrase) { passphrase, passphraseCount in
                    unsafe withBytes(salt) { salt, saltCount in
                        unsafe list[0] = OSSL_PARAM_construct_octet_string(text("pass"), passphrase, passphraseCount)
                        unsafe list[1] = OSSL_PARAM_construct_octet_string(text("salt"), salt, saltCount)
                        unsafe list[2] = OSSL_PARAM_construct_uint64(text("n"), &cost)
                        unsafe list[3] = OSSL_PARAM_construct_uint32(text("r"), &blockSize)
                        unsafe list[4] = OSSL_PARAM_construct_uint32(text("p"), &parallelism)
                        unsafe list[5] = OSSL_PARAM_construct_uint64(text("maxmem_bytes"), &memory)
                        unsafe list[6] = OSSL_PARAM_construct_end()
                        unsafe out.withUnsafeMutableBufferPointer {
                            result = unsafe EVP_KDF_derive(context, $0.baseAddress, $0.count, list.baseAddress)
                        }
                    }
                }
            }
        }
        guard result == 1 else { throw .derivation }
        return secret
    }

    private static func hkdf(
        _ mode: StaticString, key: Span<UInt8>, salt: Span<UInt8>, info: Span<UInt8>, count: Int
    ) -> Secret {
        guard let context = unsafe EVP_KDF_CTX_new(LibCrypto.shared.hkdf) else {
            preconditionFailure("libcrypto: EVP_KDF_CTX_new failed")
        }
        defer { unsafe EVP_KDF_CTX_free(context) }
        return Secret(count: count) { out in
            unsafe withUnsafeTemporaryAllocation(of: OSSL_PARAM.self, capacity: 6) { list in
                unsafe withBytes(key) { key, keyCount in
                    unsafe withBytes(salt) { salt, saltCount in
                        unsafe withBytes(info) { info, infoCount in
                            var used = 0
                            func add(_ parameter: OSSL_PARAM) {
                                unsafe list[used] = parameter
                                used += 1
                            }
                            unsafe add(OSSL_PARAM_construct_utf8_string(text("digest"), text("SHA256"), 0))
                            unsafe add(OSSL_PARAM_construct_utf8_string(text("mode"), text(mode), 0))
                            unsafe add(OSSL_PARAM_construct_octet_string(text("key"), key, keyCount))
                            if saltCount > 0 {
                                unsafe add(OSSL_PARAM_construct_octet_string(text("salt"), salt, saltCount))
                            }
                            if infoCount > 0 {
                                unsafe add(OSSL_PARAM_construct_octet_string(text("info"), info, infoCount))
                            }
                            unsafe add(OSSL_PARAM_construct_end())
                            unsafe out.withUnsafeMutableBufferPointer {
                                require(
                                    unsafe EVP_KDF_derive(context, $0.baseAddress, $0.count, list.baseAddress), "EVP_KDF_derive")
                            }
                        }
                    }
                }
            }
        }
    }

    /// libcrypto takes inputs as pointers that it does not write through, typed mutable; an empty one must not be null.
    private static func withBytes(
        _ bytes: Span<UInt8>, _ body: (UnsafeMutableRawPointer, Int) -> Void
    ) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress {
                unsafe body(UnsafeMutableRawPointer(mutating: base), buffer.count)
            } else {
                var none: UInt8 = 0
                unsafe withUnsafeMutablePointer(to: &none) { unsafe body(UnsafeMutableRawPointer($0), 0) }
            }
        }
    }
}
