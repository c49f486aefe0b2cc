package import NIOHTTP1

/// What a server answered, whatever it says.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]

    package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The service's own id of the request, for a talk with its operator.
    package var requestID: String? {
        headers.first(name: "x-amzn-RequestId") ?? headers.first(name: "x-amz-request-id")
    }
}

extension HTTPResponse: CustomStringConvertible, CustomReflectable {
    /// Without the body, which may be a key or a role's credentials.
    package var description: String { "status \(status), \(body.count) bytes" }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
