import CLibCrypto

/// AES-256-GCM with 96-bit nonces and full 128-bit tags over one reused context; one for each worker, never shared.
///
/// A *frame* is ciphertext followed by its tag. Plaintext is sealed and opened in place; what fails to open is wiped.
@safe
package struct AESGCM: ~Copyable, @unchecked Sendable {
    package static let tagByteCount = 16
    private let context: OpaquePointer

    package init() {
        guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("libcrypto: EVP_CIPHER_CTX_new failed") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// Seals all but the last 16 bytes of `frame`, which receive the tag. `key` is 32 bytes; a key and nonce seal once.
    package func seal(
        _ frame: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Nonce, authenticating clear: Span<UInt8> = .init()
    ) {
        let count = payloadCount(of: frame, key: key)
        let nonce = nonce.bytes
        var written: Int32 = 0
        var final: Int32 = 0
        unsafe frame.withUnsafeMutableBufferPointer { frame in
            guard let start = frame.baseAddress else { return }
            unsafe key.withUnsafeBufferPointer { key in
                unsafe nonce.span.withUnsafeBufferPointer { nonce in
                    require(
                        unsafe EVP_EncryptInit_ex2(
                            context, LibCrypto.shared.aes256GCM, key.baseAddress, nonce.baseAddress, nil),
                        "EVP_EncryptInit_ex2")
                }
            }
            if !clear.isEmpty {
                unsafe clear.withUnsafeBufferPointer {
                    require(
                        unsafe EVP_EncryptUpdate(context, nil, &written, $0.baseAddress, Int32($0.count)), "EVP_EncryptUpdate")
                }
            }
            require(unsafe EVP_EncryptUpdate(context, start, &written, start, Int32(count)), "EVP_EncryptUpdate")
            precondition(written == count)
            require(unsafe EVP_EncryptFinal_ex(context, start + count, &final), "EVP_EncryptFinal_ex")
            precondition(final == 0)
            require(
                unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagByteCount), start + count),
                "EVP_CTRL_AEAD_GET_TAG")
        }
    }

    /// Opens `frame` in place: its first `frame.count − 16` bytes are then the plaintext. Where the tag does not match, the
    /// whole frame is wiped before this throws.
    package func open(
        _ frame: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Nonce, authenticating clear: Span<UInt8> = .init()
    ) throws(CryptoError) {
        let count = payloadCount(of: frame, key: key)
        let nonce = nonce.bytes
        var written: Int32 = 0
        var final: Int32 = 0
        var verdict: Int32 = 0
        unsafe frame.withUnsafeMutableBufferPointer { frame in
            guard let start = frame.baseAddress else { return }
            unsafe key.withUnsafeBufferPointer { key in
                unsafe nonce.span.withUnsafeBufferPointer { nonce in
                    require(
                        unsafe EVP_DecryptInit_ex2(
                            context, LibCrypto.shared.aes256GCM, key.baseAddress, nonce.baseAddress, nil),
                        "EVP_DecryptInit_ex2")
                }
            }
            require(
                unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagByteCount), start + count),
                "EVP_CTRL_AEAD_SET_TAG")
            if !clear.isEmpty {
                unsafe clear.withUnsafeBufferPointer {
                    require(
                        unsafe EVP_DecryptUpdate(context, nil, &written, $0.baseAddress, Int32($0.count)), "EVP_DecryptUpdate")
                }
            }
            require(unsafe EVP_DecryptUpdate(context, start, &written, start, Int32(count)), "EVP_DecryptUpdate")
            verdict = unsafe EVP_DecryptFinal_ex(context, start + count, &final)
            if verdict != 1 {
                unsafe OPENSSL_cleanse(start, frame.count)
                unsafe EVP_CIPHER_CTX_reset(context)
            }
        }
        guard verdict == 1 else { throw .authentication }
    }

    private func payloadCount(of frame: borrowing MutableSpan<UInt8>, key: Span<UInt8>) -> Int {
        precondition(key.count == 32, "an AES-256 key has 32 bytes")
        precondition(frame.count >= Self.tagByteCount && frame.count <= maximumByteCount)
        return frame.count - Self.tagByteCount
    }
}
