import NIOHTTP1

/// What a fake sends back.
struct FakeReply: Sendable {
    enum Delivery: Sendable {
        case whole, truncated, hangUp
    }

    var status = 200
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []
    var delivery = Delivery.whole

    static let hangUp = Self(delivery: .hangUp)
    static let silence = Self(status: FakeAWS.silentStatus)

    /// As KMS and STS answer.
    static func answer(status: Int, type: String, body: [UInt8], requestID: String) -> Self {
        Self(status: status, headers: ["Content-Type": type, "x-amzn-RequestId": requestID], body: body)
    }

    static func xml(_ text: String, status: Int = 200) -> Self {
        Self(
            status: status, headers: ["Content-Type": "application/xml"],
            body: Array(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text).utf8))
    }

    static func error(_ code: String, _ message: String = "the fake was told to", status: Int, more: String = "") -> Self {
        xml("<Error><Code>\(code)</Code><Message>\(message)</Message>\(more)</Error>", status: status)
    }
}
