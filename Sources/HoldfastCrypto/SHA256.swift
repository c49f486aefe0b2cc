import CLibCrypto
package import HoldfastModel

/// SHA-256 over bytes that come in pieces.
@safe
package struct SHA256: ~Copyable {
    private let context: OpaquePointer

    package init() {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto: EVP_MD_CTX_new failed") }
        unsafe self.context = context
        require(unsafe EVP_DigestInit_ex2(context, LibCrypto.shared.sha256, nil), "EVP_DigestInit_ex2")
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer {
            require(unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count), "EVP_DigestUpdate")
        }
    }

    package consuming func finish() -> Digest {
        var bytes = [32 of UInt8](repeating: 0)
        var span = bytes.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer {
            require(unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil), "EVP_DigestFinal_ex")
        }
        guard let digest = Digest(bytes: bytes.span) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }

    /// The hash of one run of bytes.
    package static func hash(_ bytes: Span<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }
}
