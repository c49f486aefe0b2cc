/// A service of AWS that Holdfast talks to.
package enum AWSService: String, Hashable, Sendable, CaseIterable {
    case kms, s3, sts

    /// Whether what is sent or answered is a secret by itself: a snapshot key, a role's keys. S3 gets and gives only what is sealed.
    var carriesSecrets: Bool { self != .s3 }
}
