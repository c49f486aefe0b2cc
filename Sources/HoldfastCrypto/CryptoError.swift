/// Why something did not open.
package enum CryptoError: Error, Hashable, Sendable {
    /// The tag does not match: the bytes, the key or the nonce are not the ones that were sealed.
    case authentication
    /// scrypt parameters beyond what a reader accepts, or more memory than there is.
    case derivation
    /// libcrypto gave a wrong answer to a question whose answer is known; the algorithm is named.
    case selfTest(String)
}
