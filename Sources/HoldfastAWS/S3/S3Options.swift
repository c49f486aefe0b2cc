package import HoldfastModel

/// How objects are kept in a bucket, and how hard it is worked.
package struct S3Options: Hashable, Sendable {
    /// What the server seals objects with: beside our own sealing, for those whose rules ask for it.
    package enum Encryption: Hashable, Sendable {
        /// With keys that S3 keeps (SSE-S3).
        case managed
        /// With a key of AWS KMS, by ARN; nil for the account's own key for S3 (SSE-KMS).
        case kms(keyID: String?)
    }

    /// How the bucket is named in a request.
    package enum Addressing: Hashable, Sendable {
        /// `https://BUCKET.s3.REGION.amazonaws.com/KEY` at AWS, and in the path everywhere else.
        case automatic
        /// `https://HOST/BUCKET/KEY`.
        case path
        /// `https://BUCKET.HOST/KEY`.
        case virtualHost
    }

    /// The storage class of packs, as S3 calls it; nil for the bucket's own. They have to be readable at once: no archive.
    package var packStorageClass: String?
    /// That of all else: small, and read at every listing.
    package var storageClass: String?
    package var encryption: Encryption?
    /// How objects are kept from being deleted; nil where they are not.
    package var objectLock: S3Settings.LockMode?
    /// The account that has to own the bucket, in 12 digits: whoever else gets its name gets no backup.
    package var expectedBucketOwner: String?
    package var addressing = Addressing.automatic
    /// Packs longer than this are uploaded in parts, in bytes.
    package var multipartThreshold = 32 << 20
    /// The length of a part, in bytes: at least 5 MiB, as S3 wants it. Longer reads are split at it as well.
    package var partByteCount = 16 << 20
    /// How many requests run at once. No more than the transport has connections.
    package var concurrency = 16

    package init() {}
}
