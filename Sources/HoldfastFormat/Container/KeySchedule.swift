import HoldfastCrypto
package import HoldfastModel

/// The keys of one sealed object, from its snapshot key and its own salt (`docs/FORMAT.md`, section 1).
package struct KeySchedule: ~Copyable {
    package let commitment: Secret
    package let macKey: Secret
    package let bodyKey: Secret

    package init(snapshotKey: borrowing Secret, salt: Span<UInt8>, identity: ContainerIdentity) {
        let extracted = KeyDerivation.extract(salt: salt, from: snapshotKey.bytes)
        commitment = KeyDerivation.expand(extracted, info: identity.info("commit").span)
        macKey = KeyDerivation.expand(extracted, info: identity.info("header").span)
        bodyKey = KeyDerivation.expand(extracted, info: identity.info("body").span)
    }
}
