/// How repositories in S3 are reached and kept, as the file has it: the adapter says what is valid.
package struct S3Settings: Hashable, Sendable {
    package var access: AWSSettings
    /// S3's name of a storage class; nil is the bucket's own.
    package var storageClass: String?
    /// That of packs alone.
    package var packStorageClass: String?
    /// `AES256`, `aws:kms`, or `aws:kms:` and the ARN of a key; nil is the bucket's own.
    package var encryption: String?
    /// The account that has to own the bucket, in 12 digits.
    package var bucketOwner: String?

    /// Whether, and how strictly, the store keeps snapshots from being deleted before they expire.
    package var lock: LockMode?

    /// Who may undo a lock before its date.
    package enum LockMode: String, CaseIterable, Hashable, Sendable {
        /// Nobody, the account's root included.
        case compliance
        /// Whoever has a right of its own to do so.
        case governance
    }

    package init(
        access: AWSSettings, storageClass: String? = nil, packStorageClass: String? = nil, encryption: String? = nil,
        bucketOwner: String? = nil, lock: LockMode? = nil
    ) {
        self.access = access
        self.storageClass = storageClass
        self.packStorageClass = packStorageClass
        self.encryption = encryption
        self.bucketOwner = bucketOwner
        self.lock = lock
    }
}
