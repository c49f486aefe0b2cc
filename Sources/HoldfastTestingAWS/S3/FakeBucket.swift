import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import NIOHTTP1

/// Everything that the fake S3 knows. A value: one lock is around it.
struct FakeBucket: Sendable {
    struct Object: Sendable {
        var bytes: [UInt8]
        let modified: Timestamp
        let tag: String
        /// What is said of its SHA-256, in base64.
        let checksum: String?
        var lock: Lock?
    }

    /// Nobody deletes the version before this, and nobody makes it less.
    struct Lock: Hashable, Sendable {
        let mode: String
        let until: Timestamp
    }

    struct Upload: Sendable {
        let key: String
        let lock: Lock?
        var parts: [Int: (bytes: [UInt8], tag: String)] = [:]
    }

    /// A request, taken apart.
    struct Call {
        let request: ObservedRequest
        let operation: FakeS3.Operation
        /// Empty for the bucket itself.
        let key: String
        let query: [String: String]
    }

    let name: String
    /// Nil where Regions mean nothing.
    private let region: String?
    let now: @Sendable () -> Timestamp
    /// Who may sign.
    var cloud: FakeCloud
    var objects: [String: Object] = [:]
    var uploads: [String: Upload] = [:]
    var plan: [FakeS3.Operation: [FakeS3.Fault]] = [:]
    var rule: FakeS3.Fault?
    var ignoresConditions = false
    var hasObjectLock = false
    /// Versions that were hidden by a deletion while they were locked: they are there still.
    var hidden: [String: Object] = [:]
    /// Whether each listing begins with a page that has nothing on it and is not the last.
    var beginsWithEmptyPage = false
    /// Whether each page of a listing is the first one over again, under another token.
    var isEndless = false
    var pagesListed = 0
    var pageLength = 1000
    var requests: [(operation: FakeS3.Operation, request: ObservedRequest)] = []
    private(set) var counter = 0

    var log: [FakeS3.Operation] { requests.map(\.operation) }

    init(name: String, region: String?, now: @escaping @Sendable () -> Timestamp) {
        (self.name, self.region, self.now) = (name, region, now)
        cloud = FakeCloud(now: now)
    }

    mutating func answer(_ request: ObservedRequest) -> FakeReply {
        counter += 1
        let call = Self.take(request, apart: name)
        // A body would be kept for ever.
        requests.append((call.operation, ObservedRequest(method: request.method, target: "", headers: request.headers, body: [])))
        var reply = reply(to: call, meeting: plannedFault(call.operation))
        reply.headers.add(name: "x-amz-request-id", value: "FAKE\(counter)")
        reply.headers.add(name: "Date", value: HTTPTime.text(now()))
        if let region { reply.headers.add(name: "x-amz-bucket-region", value: region) }
        return reply
    }

    private mutating func plannedFault(_ operation: FakeS3.Operation) -> FakeS3.Fault? {
        guard let fault = plan[operation]?.first else { return rule }
        plan[operation]?.removeFirst()
        return fault
    }

    private mutating func reply(to call: Call, meeting fault: FakeS3.Fault?) -> FakeReply {
        switch fault {
        case .refuse(let code, let status): return .error(code, status: status, more: "<Region>eu-west-1</Region>")
        case .hangUp: return FakeReply(delivery: .hangUp)
        case .refuseInside(let code): return .error(code, status: 200)
        case .loseAnswer:
            _ = checked(call)
            return FakeReply(delivery: .hangUp)
        case .silence:
            _ = checked(call)
            return .silence
        case .doAndRefuse(let code, let status):
            _ = checked(call)
            return .error(code, status: status)
        case .truncate:
            var reply = checked(call)
            reply.delivery = .truncated
            return reply
        case .corrupt:
            var reply = checked(call)
            if !reply.body.isEmpty { reply.body[reply.body.count / 2] ^= 1 }
            return reply
        case nil: return checked(call)
        }
    }

    /// Does what is asked, if who asks may and what was sent is what was signed.
    private mutating func checked(_ call: Call) -> FakeReply {
        do throws(FakeFault) {
            _ = try SignatureCheck.verify(call.request, service: "s3", in: cloud)
        } catch {
            return .error(error.code, error.message, status: 403)
        }
        if let region, SignatureCheck.scope(of: call.request)?.region != region {
            return .error("AuthorizationHeaderMalformed", "the region is wrong", status: 400, more: "<Region>\(region)</Region>")
        }
        let digest = SHA256.hash(call.request.body.span)
        guard call.request.header("x-amz-content-sha256") == digest.hex else {
            return .error("XAmzContentSHA256Mismatch", status: 400)
        }
        if let sum = call.request.header("x-amz-checksum-sha256"), sum != Base64.encode(digest.bytes) {
            return .error("BadDigest", status: 400)
        }
        return done(call)
    }

    private mutating func done(_ call: Call) -> FakeReply {
        switch call.operation {
        case "PutObject": put(call)
        case "GetObject", "HeadObject": get(call)
        case "HeadBucket": FakeReply()
        case "DeleteObject": delete(call.key)
        case "GetObjectRetention": retention(call.key)
        case "PutObjectRetention": setRetention(call)
        case "GetObjectLockConfiguration": lockConfiguration()
        case "ListObjectsV2": list(call.query)
        case "CreateMultipartUpload": begin(call)
        case "UploadPart": takePart(call)
        case "CompleteMultipartUpload": complete(call)
        case "AbortMultipartUpload": abort(call)
        case "NoSuchBucket": .error("NoSuchBucket", "there is no such bucket", status: 404)
        default: .error("NotImplemented", call.operation, status: 501)
        }
    }

    private mutating func delete(_ key: String) -> FakeReply {
        if let object = objects.removeValue(forKey: key), let lock = object.lock, now() < lock.until { hidden[key] = object }
        return FakeReply(status: 204)
    }

    private static func take(_ request: ObservedRequest, apart name: String) -> Call {
        let target = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var query: [String: String] = [:]
        for item in target.count > 1 ? target[1].split(separator: "&") : [] {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(pair[0])] = pair.count > 1 ? ObservedRequest.decoded(pair[1]) : ""
        }
        let parts = target[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
        let key = parts.count > 1 ? ObservedRequest.decoded(parts[1]) : ""
        let operation = parts.first.map(String.init) == name ? operation(request.method, key, query) : "NoSuchBucket"
        return Call(request: request, operation: operation, key: key, query: query)
    }

    private static func operation(_ method: String, _ key: String, _ query: [String: String]) -> FakeS3.Operation {
        switch method {
        case "GET" where key.isEmpty && query["object-lock"] != nil: "GetObjectLockConfiguration"
        case "GET" where query["retention"] != nil: "GetObjectRetention"
        case "PUT" where query["retention"] != nil: "PutObjectRetention"
        case "GET" where key.isEmpty: query["list-type"] == "2" ? "ListObjectsV2" : "ListObjects"
        case "GET": "GetObject"
        case "HEAD": key.isEmpty ? "HeadBucket" : "HeadObject"
        case "PUT": query["partNumber"] == nil ? "PutObject" : "UploadPart"
        case "DELETE": query["uploadId"] == nil ? "DeleteObject" : "AbortMultipartUpload"
        case "POST": query["uploads"] == nil ? "CompleteMultipartUpload" : "CreateMultipartUpload"
        default: method
        }
    }

    mutating func store(_ key: String, _ bytes: [UInt8], checksum: String?, lock: Lock? = nil) {
        objects[key] = Object(
            bytes: bytes, modified: now(), tag: "\"\(SHA256.hash(bytes.span).hex.prefix(32))\"", checksum: checksum,
            lock: lock)
    }

    /// Whether the condition of a write is met.
    func allowsWrite(_ call: Call) -> Bool {
        ignoresConditions || call.request.header("If-None-Match") != "*" || objects[call.key] == nil
    }
}
