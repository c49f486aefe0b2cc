import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// Everything that the fake knows. A value: one lock is around it.
struct FakeCloud: Sendable {
    /// Whoever may sign requests.
    struct Principal: Sendable {
        let secretKey: String
        let token: String?
        var expires: Timestamp?
        /// As AWS names whoever signs: of a role, the session.
        let arn: String
        /// The user or the role.
        let identity: String
    }

    struct Role: Sendable {
        let arn: String
        /// What must be said to assume it.
        let externalID: String?
        /// Web identity tokens that may assume it.
        var tokens: Set<String> = []
    }

    /// A key in one Region; the members of a family share `material`.
    struct Key: Sendable {
        let arn: String
        let region: String
        let id: String
        let label: String
        let created: Timestamp
        let material: [UInt8]
        var state = "Enabled"
        var deletionDate: Timestamp?
        var validTo: Timestamp?
        var usage = "ENCRYPT_DECRYPT"
        /// Its last cryptographic operation that succeeded, as `GetKeyLastUsage` has it.
        var lastUse: JSONObject?
        var isRotated = true
        /// Regions of the family, the primary first; empty for a key that has none.
        var family: [String] = []
    }

    struct Wrapping: Sendable {
        let material: [UInt8]
        let context: JSONObject
        let plaintext: String
    }

    static let account = "111122223333"

    let now: @Sendable () -> Timestamp
    var principals: [String: Principal] = [:]
    var roles: [String: Role] = [:]
    var keys: [String: Key] = [:]
    var aliases: [String: String] = [:]
    var wrappings: [String: Wrapping] = [:]
    /// Operations that are denied, for all keys (`Decrypt`) or for one (`Decrypt ARN`), to all or to one identity (`Decrypt ARN IDENTITY`).
    var denials: Set<String> = []
    var weather: [String: FakeAWS.Weather] = [:]
    var log: [String] = []
    private(set) var counter = 0

    init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    mutating func answer(_ request: ObservedRequest) -> FakeReply {
        counter += 1
        let requestID = "fake-\(counter)"
        let region = SignatureCheck.scope(of: request)?.region ?? "-"
        let form = request.form
        let operation = request.header("X-Amz-Target")?.split(separator: ".").last.map(String.init) ?? form["Action"] ?? "?"
        log.append("\(region) \(operation)")
        switch weather[region] ?? .fair {
        case .closed: return .hangUp
        case .silent: return .silence
        case .failing(let code, let status, let times) where times > 0:
            weather[region] = .failing(code: code, status: status, times: times - 1)
            return FakeFault(code, "the fake was told to", status: status).json(requestID)
        case .fair, .failing: break
        }
        if request.header("X-Amz-Target") != nil { return answerKMS(request, operation, requestID) }
        return answerSTS(request, form, requestID)
    }

    /// A new identity that is allowed to sign.
    mutating func issue(
        arn: String, identity: String? = nil, expires: Timestamp?
    ) -> (id: String, secret: String, token: String?) {
        let id = (expires == nil ? "AKIA" : "ASIA") + Hex.encode(Random.bytes(8)).uppercased()
        let (secret, token) = (Hex.encode(Random.bytes(20)), expires == nil ? nil : Hex.encode(Random.bytes(30)))
        principals[id] = Principal(secretKey: secret, token: token, expires: expires, arn: arn, identity: identity ?? arn)
        return (id, secret, token)
    }
}

/// An error as AWS answers it.
struct FakeFault: Error {
    let code: String
    let message: String
    let status: Int

    init(_ code: String, _ message: String, status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }

    func json(_ requestID: String) -> FakeReply {
        let body: JSONObject = ["__type": .string("com.amazonaws.kms#\(code)"), "message": .string(message)]
        return .answer(status: status, type: "application/x-amz-json-1.1", body: body.serialized, requestID: requestID)
    }

    func xml(_ requestID: String) -> FakeReply {
        let text = "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
        return .answer(status: status, type: "text/xml", body: Array(text.utf8), requestID: requestID)
    }
}
