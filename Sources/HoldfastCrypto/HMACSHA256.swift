import CLibCrypto
package import HoldfastModel

/// HMAC-SHA256 under one key over one reused context; one for each worker, never shared.
@safe
package struct HMACSHA256: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    package init(key: Span<UInt8>) {
        guard let context = unsafe EVP_MAC_CTX_new(LibCrypto.shared.hmac) else {
            preconditionFailure("libcrypto: EVP_MAC_CTX_new failed")
        }
        unsafe self.context = context
        unsafe key.withUnsafeBufferPointer { key in
            // A null pointer would mean "keep the last key": an empty key is passed as a pointer all the same.
            var none: UInt8 = 0
            unsafe withUnsafePointer(to: &none) { none in
                require(unsafe crypto_hmac_sha256_init(context, key.baseAddress ?? none, key.count), "EVP_MAC_init")
            }
        }
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    package func authenticate(_ message: Span<UInt8>) -> Digest {
        require(unsafe EVP_MAC_init(context, nil, 0, nil), "EVP_MAC_init")
        update(message)
        return finish()
    }

    /// The MAC of one domain byte and a message: how chunks are hashed.
    package func authenticate(domain: UInt8, _ message: Span<UInt8>) -> Digest {
        require(unsafe EVP_MAC_init(context, nil, 0, nil), "EVP_MAC_init")
        var domain = domain
        unsafe require(EVP_MAC_update(context, &domain, 1), "EVP_MAC_update")
        update(message)
        return finish()
    }

    func update(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        unsafe bytes.withUnsafeBufferPointer {
            require(unsafe EVP_MAC_update(context, $0.baseAddress, $0.count), "EVP_MAC_update")
        }
    }

    private func finish() -> Digest {
        var bytes = [32 of UInt8](repeating: 0)
        var written = 0
        var span = bytes.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer {
            require(unsafe EVP_MAC_final(context, $0.baseAddress, &written, $0.count), "EVP_MAC_final")
        }
        guard written == 32, let digest = Digest(bytes: bytes.span) else { preconditionFailure("HMAC-SHA256 has 32 bytes") }
        return digest
    }
}
