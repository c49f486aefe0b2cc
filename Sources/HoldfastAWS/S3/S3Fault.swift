import NIOHTTP1

/// An error as S3 answered it, in XML, or in the status alone where an answer has no body.
struct S3Fault: Error, Hashable, Sendable {
    let code: String
    let message: String
    let status: Int
    let requestID: String?
    /// Where the server says that the bucket is.
    let region: String?
    /// The server's time, where that is what it complains of.
    let serverTime: String?

    /// Of any answer that is no success, or that says one thing in its status and another in its body.
    init(_ response: HTTPResponse) {
        let error = (try? XMLNode.parse(response.body)).flatMap { $0.name == "Error" ? $0 : nil }
        code = error?.text("Code") ?? ""
        message = error?.text("Message") ?? ""
        status = response.status
        requestID = response.requestID ?? error?.text("RequestId")
        region = error?.text("Region") ?? response.headers.first(name: "x-amz-bucket-region")
        serverTime = error?.text("ServerTime")
    }

    /// How to go on after it.
    enum Kind: Hashable, Sendable {
        case noObject, noBucket, denied
        /// The object is in a storage class from which it cannot be read at once.
        case archived
        /// What If-None-Match asked for was not so.
        case preconditionFailed
        /// Another write to the same name was under way: nothing was done.
        case conflict
        /// Throttled, or what was sent arrived changed: nothing was done, and it passes.
        case passing
        /// Others are to be got, once.
        case spentCredentials
        case signature, clockSkew
        /// The bucket is in another Region.
        case elsewhere
        case rangeNotSatisfiable, noSpace, noUpload
        /// The object, or the bucket, has no lock.
        case noLock
        /// The server knows no such request.
        case notImplemented
        /// The server's own: whether something was done is not known.
        case internalError
        case unknown
    }

    /// From "Error responses" in the Amazon S3 API Reference; what others add stands beside it.
    var kind: Kind {
        switch code {
        case "NoSuchKey": .noObject
        case "NoSuchBucket", "NoSuchBucketException": .noBucket
        case "AccessDenied", "AllAccessDisabled", "AccountProblem", "AccessForbidden", "InvalidAccessKeyId", "NotSignedUp":
            .denied
        case "InvalidObjectState": .archived
        case "PreconditionFailed": .preconditionFailed
        case "ConditionalRequestConflict", "OperationAborted": .conflict
        // Ceph says so while another write to the name is under way.
        case "ConcurrentModification": .conflict
        case "SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "TooManyRequests", "RequestTimeout", "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody":
            .passing
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired": .spentCredentials
        case "AuthorizationHeaderMalformed": region == nil ? .signature : .elsewhere
        case "SignatureDoesNotMatch", "InvalidToken": .signature
        case "RequestTimeTooSkewed": .clockSkew
        case "PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException",
            "Redirect":
            .elsewhere
        case "InvalidRange": .rangeNotSatisfiable
        case "QuotaExceeded", "EntityTooLarge", "InsufficientStorage", "XMinioStorageFull": .noSpace
        case "NoSuchUpload": .noUpload
        case "NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError": .noLock
        case "InvalidRequest" where message.contains("Object Lock Configuration"): .noLock
        case "NotImplemented": .notImplemented
        case "InternalError": .internalError
        default: kindOfStatus
        }
    }

    private var kindOfStatus: Kind {
        switch status {
        case 301, 302, 307, 308: .elsewhere
        case 403: .denied
        // A 404 in which nothing is said may be of the bucket as well as of the object.
        case 409: .conflict
        case 412: .preconditionFailed
        case 416: .rangeNotSatisfiable
        case 429: .passing
        case 501: .notImplemented
        case 507: .noSpace
        case 500...: .internalError
        default: .unknown
        }
    }

    var text: String {
        let request = requestID.map { ", request \($0)" } ?? ""
        return "\(code.isEmpty ? "status \(status)" : code)\(message.isEmpty ? "" : ": \(message)")\(request)"
    }
}
