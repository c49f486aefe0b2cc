import NIOHTTP1

/// A request as the fake server received it.
struct ObservedRequest: Sendable {
    let method: String
    /// As it stood on the request line, encoded.
    let target: String
    let headers: HTTPHeaders
    let body: [UInt8]

    func header(_ name: String) -> String? { headers.first(name: name) }
}

extension ObservedRequest {
    /// The fields of a form in the body; none where it is no form.
    var form: [String: String] {
        guard header("Content-Type")?.hasPrefix("application/x-www-form-urlencoded") == true else { return [:] }
        var fields: [String: String] = [:]
        for item in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { Self.decoded($0) }
            if pair.count == 2 { fields[pair[0]] = pair[1] }
        }
        return fields
    }

    static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
