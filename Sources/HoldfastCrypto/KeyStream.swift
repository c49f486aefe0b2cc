import CLibCrypto

/// AES-256-CTR from counter zero, as a generator of keyed tables: the gear table of the cutter.
package enum KeyStream {
    /// The first `count` bytes of the stream under a 32-byte key, at most 16 MiB.
    package static func bytes(key: Span<UInt8>, count: Int) -> [UInt8] {
        precondition(key.count == 32 && count <= maximumByteCount)
        guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("libcrypto: EVP_CIPHER_CTX_new failed") }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let zeros = [UInt8](repeating: 0, count: count)
        var stream = zeros
        var written: Int32 = 0
        unsafe key.withUnsafeBufferPointer { key in
            unsafe zeros.withUnsafeBufferPointer { zeros in
                require(
                    unsafe EVP_EncryptInit_ex2(context, LibCrypto.shared.aes256CTR, key.baseAddress, zeros.baseAddress, nil),
                    "EVP_EncryptInit_ex2")
                unsafe stream.withUnsafeMutableBufferPointer {
                    require(
                        unsafe EVP_EncryptUpdate(context, $0.baseAddress, &written, zeros.baseAddress, Int32(count)),
                        "EVP_EncryptUpdate")
                }
            }
        }
        precondition(written == count)
        return stream
    }
}
