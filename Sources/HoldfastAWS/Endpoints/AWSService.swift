/// A service of AWS that Holdfast talks to.
package enum AWSService: String, Hashable, Sendable, CaseIterable {
    case kms, s3, sts
}
