import HoldfastModel

/// What has to be allowed for a request, under IAM's name for it.
enum S3Action: String, Hashable, Sendable {
    case getObject = "s3:GetObject"
    case putObject = "s3:PutObject"
    case deleteObject = "s3:DeleteObject"
    case listBucket = "s3:ListBucket"
    case getObjectRetention = "s3:GetObjectRetention"
    case putObjectRetention = "s3:PutObjectRetention"
    case getBucketLock = "s3:GetBucketObjectLockConfiguration"
}

/// What failures mean in the words of the port.
extension S3Store {
    /// `name` is nil for what is asked of the bucket as a whole.
    func storeError(_ failure: S3Failure, _ action: S3Action, _ name: ObjectName?) -> StoreError {
        switch failure {
        case .fault(let fault, let credentials): storeError(fault, to: credentials, action, name)
        case .lost(let detail), .tooLong(let detail), .unsent(let detail): .unavailable(place(name), detail: detail)
        case .credentials(.unreachable(let source, let detail)):
            .unavailable(place(name), detail: "there are no credentials now: \(source) does not answer (\(detail))")
        case .credentials(let error): .denied(place(name), detail: "\(error)")
        }
    }

    private func storeError(_ fault: S3Fault, to caller: String, _ action: S3Action, _ name: ObjectName?) -> StoreError {
        let (place, bucket) = (place(name), address.bucket)
        switch fault.kind {
        case .noObject: return name.map { .notFound($0) } ?? .unavailable(place, detail: fault.text)
        case .noBucket:
            return .noRepository(
                "\(address): there is no bucket '\(bucket)' at \(client.bucket.endpoint.authority) (\(fault.text))")
        case .denied:
            let object = client.bucket.arn(name.map(key), in: client.region)
            return .denied(
                place, detail: "\(action.rawValue) on \(object) is not allowed to \(caller)\(hint(action)) (\(fault.text))")
        case .archived:
            return .unavailable(place, detail: "it lies in an archive: have S3 restore it, then try again (\(fault.text))")
        case .signature:
            return .denied(place, detail: "the signature of \(caller) is not taken: check the secret key (\(fault.text))")
        case .spentCredentials: return .denied(place, detail: "\(caller) has expired: renew it (\(fault.text))")
        case .clockSkew:
            let server = fault.serverTime.map { ", the server's \($0)" } ?? ""
            return .unavailable(
                place, detail: "this machine's clock is wrong: it says \(client.timing.now())\(server); set it (\(fault.text))")
        case .elsewhere:
            let remedy = fault.region.map { "it is in \($0): set region: \($0)" } ?? "set its region"
            return .unavailable(place, detail: "the bucket '\(bucket)' is not in \(client.region): \(remedy) (\(fault.text))")
        case .noSpace: return name.map { .noSpace($0) } ?? .unavailable(place, detail: fault.text)
        case .notImplemented:
            return .unsuitable("\(address)", detail: "it does not do \(action.rawValue) as we need it (\(fault.text))")
        case .noLock:
            return .unsuitable("\(address)", detail: "lock: is set, and the bucket has no Object Lock (\(fault.text))")
        case .conflict, .internalError, .noUpload, .passing, .preconditionFailed, .rangeNotSatisfiable, .unknown:
            return .unavailable(place, detail: fault.text)
        }
    }

    /// S3 hides from those who may not list whether an object is there.
    private func hint(_ action: S3Action) -> String {
        var hints: [String] = []
        if action == .getObject { hints.append("or the object is absent and s3:ListBucket is not allowed") }
        if action == .putObjectRetention { hints.append("or a lock in mode governance stands, which is not made stricter") }
        if let owner = client.options.expectedBucketOwner { hints.append("or the bucket is not account \(owner)'s") }
        return hints.isEmpty ? "" : ", " + hints.joined(separator: ", ")
    }

    private func place(_ name: ObjectName?) -> String { name.map { "\(address)/\($0)" } ?? "\(address)" }
}
