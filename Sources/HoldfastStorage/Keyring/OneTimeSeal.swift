import HoldfastCrypto
import HoldfastModel

/// AES-256-GCM under a key that seals once, so that the nonce can be zero. The key comes from a fresh salt.
enum OneTimeSeal {
    /// The ciphertext and its tag.
    static func seal(_ secret: borrowing Secret, key: borrowing Secret, authenticating clear: [UInt8]) -> [UInt8] {
        var frame = Secret(zeroed: secret.count + AESGCM.tagByteCount)
        let (plaintext, key) = (secret.bytes, key.bytes)
        frame.update { bytes in
            for index in plaintext.indices { bytes[index] = plaintext[index] }
            AESGCM().seal(&bytes, key: key, nonce: .zero, authenticating: clear.span)
        }
        let sealed = frame.bytes
        return sealed.indices.map { sealed[$0] }
    }

    static func open(_ sealed: [UInt8], key: borrowing Secret, authenticating clear: [UInt8]) throws(CryptoError) -> Secret {
        guard sealed.count >= AESGCM.tagByteCount else { throw .authentication }
        var frame = Secret(copying: sealed.span)
        let key = key.bytes
        var failure: CryptoError?
        frame.update { bytes in
            do throws(CryptoError) {
                try AESGCM().open(&bytes, key: key, nonce: .zero, authenticating: clear.span)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return Secret(copying: frame.bytes.extracting(0..<(sealed.count - AESGCM.tagByteCount)))
    }
}
