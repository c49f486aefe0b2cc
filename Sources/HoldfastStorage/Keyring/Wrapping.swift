import HoldfastCrypto
import HoldfastModel

/// How a CMK of the local keyring wraps a snapshot key: 32 bytes of salt, the sealed key, its tag (`docs/FORMAT.md`, local keyring).
///
/// Each wrapping has a key of its own out of the salt, so no number of wrappings wears a CMK out.
enum Wrapping {
    static let keyByteCount = 32
    private static let saltByteCount = 32
    private static let wrappedByteCount = 80
    private static let label = Array("holdfast/1 wrap".utf8)

    /// 80 bytes, bound to every pair of the context. The key has 32 bytes.
    static func wrap(_ key: borrowing Secret, under cmk: borrowing Secret, context: EncryptionContext) -> [UInt8] {
        precondition(key.count == keyByteCount, "a snapshot key has 32 bytes")
        let salt = Random.bytes(saltByteCount)
        let wrappingKey = KeyDerivation.derive(from: cmk.bytes, salt: salt.span, info: label.span)
        return salt + OneTimeSeal.seal(key, key: wrappingKey, authenticating: context.canonicalBytes)
    }

    static func unwrap(
        _ wrapped: [UInt8], under cmk: borrowing Secret, context: EncryptionContext
    ) throws(CryptoError) -> Secret {
        guard wrapped.count == wrappedByteCount else { throw .authentication }
        let salt = Array(wrapped.prefix(saltByteCount))
        let wrappingKey = KeyDerivation.derive(from: cmk.bytes, salt: salt.span, info: label.span)
        return try OneTimeSeal.open(
            Array(wrapped.dropFirst(saltByteCount)), key: wrappingKey, authenticating: context.canonicalBytes)
    }
}
