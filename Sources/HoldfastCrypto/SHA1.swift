import CLibCrypto
import HoldfastModel

/// SHA-1, for names that others derive by it. It protects nothing here, and is to protect nothing.
package enum SHA1 {
    /// The hash of one run of bytes, in lowercase hex.
    package static func hex(of bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: 20)
        require(unsafe EVP_Q_digest(nil, "SHA1", nil, bytes, bytes.count, &digest, nil), "EVP_Q_digest")
        return Hex.encode(digest)
    }
}
