import HoldfastModel

/// Object Lock, as the Amazon S3 API Reference has it; a request may lock nothing in a bucket that was not made for it.
extension FakeBucket {
    /// The lock that a request puts on what it creates; nil where it asks for none.
    func lock(in call: Call) throws(FakeFault) -> Lock? {
        let mode = call.request.header("x-amz-object-lock-mode")
        let date = call.request.header("x-amz-object-lock-retain-until-date")
        guard mode != nil || date != nil else { return nil }
        let isSummed = ["x-amz-checksum-sha256", "x-amz-sdk-checksum-algorithm"].allSatisfy { call.request.header($0) != nil }
        guard isSummed || call.operation == "CreateMultipartUpload" else {
            throw FakeFault("InvalidRequest", "Content-MD5 or x-amz-checksum- HTTP header is required for Put Object requests")
        }
        return try lock(mode, date)
    }

    func retention(_ key: String) -> FakeReply {
        guard hasObjectLock else { return .error("InvalidRequest", Self.noConfiguration, status: 400) }
        guard let object = objects[key] else { return .error("NoSuchKey", status: 404) }
        guard let lock = object.lock else {
            return .error("NoSuchObjectLockConfiguration", "The specified object has no lock", status: 404)
        }
        return .xml(
            "<Retention><Mode>\(lock.mode)</Mode><RetainUntilDate>\(lock.until.description.replacing("Z", with: ".000Z"))"
                + "</RetainUntilDate></Retention>")
    }

    mutating func setRetention(_ call: Call) -> FakeReply {
        guard call.request.header("x-amz-checksum-sha256") != nil else {
            return .error("InvalidRequest", "Missing required header for this request: Content-MD5", status: 400)
        }
        guard let object = objects[call.key] else { return .error("NoSuchKey", status: 404) }
        let text = String(decoding: call.request.body, as: UTF8.self)
        let wanted: Lock
        do throws(FakeFault) { wanted = try lock(Self.value("Mode", text), Self.value("RetainUntilDate", text)) } catch {
            return .error(error.code, error.message, status: 400)
        }
        if let lock = object.lock, now() < lock.until, wanted.until < lock.until || wanted.mode != lock.mode {
            return .error("AccessDenied", "Access Denied because object protected by object lock.", status: 403)
        }
        objects[call.key]?.lock = wanted
        return FakeReply()
    }

    func lockConfiguration() -> FakeReply {
        guard hasObjectLock else {
            return .error(
                "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket", status: 404)
        }
        return .xml("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>")
    }

    private static let noConfiguration = "Bucket is missing Object Lock Configuration"

    private func lock(_ mode: String?, _ date: String?) throws(FakeFault) -> Lock {
        guard hasObjectLock else { throw FakeFault("InvalidRequest", Self.noConfiguration) }
        guard let mode, ["COMPLIANCE", "GOVERNANCE"].contains(mode), let until = date.flatMap({ Timestamp($0) }) else {
            throw FakeFault("InvalidArgument", "a lock has a mode and a date")
        }
        guard until > now() else { throw FakeFault("InvalidArgument", "The retain until date must be in the future!") }
        return Lock(mode: mode, until: until)
    }

    private static func value(_ name: String, _ text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"), let end = text.firstRange(of: "</\(name)>") else { return nil }
        return String(text[start.upperBound..<end.lowerBound])
    }
}
