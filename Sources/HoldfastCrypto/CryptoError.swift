/// Why something did not open.
package enum CryptoError: Error, Hashable, Sendable {
    /// The tag does not match: the bytes, the key or the nonce are not the ones that were sealed.
    case authentication
    /// scrypt parameters beyond what a reader accepts, or more memory than there is.
    case derivation
}
