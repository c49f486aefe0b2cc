import NIOHTTP1

/// What the fake S3 sends back.
struct FakeS3Reply: Sendable {
    enum Delivery: Sendable {
        case whole, truncated, hangUp, never
    }

    var status = 200
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []
    var delivery = Delivery.whole

    static func xml(_ text: String, status: Int = 200) -> Self {
        Self(
            status: status, headers: ["Content-Type": "application/xml"],
            body: Array(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text).utf8))
    }

    static func error(_ code: String, _ message: String = "the fake was told to", status: Int, more: String = "") -> Self {
        xml("<Error><Code>\(code)</Code><Message>\(message)</Message>\(more)</Error>", status: status)
    }
}
