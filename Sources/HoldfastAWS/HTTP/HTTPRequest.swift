package import HoldfastModel
package import NIOHTTP1

/// One request in the form in which it is signed and sent. Path and query are not encoded yet: there is one place that does.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case put = "PUT"
        case post = "POST"
        case delete = "DELETE"
    }

    package struct QueryItem: Hashable, Sendable {
        package let name: String
        /// Empty for what stands alone, as `?uploads`: it is sent as `uploads=`, which means the same.
        package let value: String

        package init(_ name: String, _ value: String = "") {
            self.name = name
            self.value = value
        }
    }

    package var method: Method
    package var endpoint: Endpoint
    /// From `/` on, below the endpoint's own path.
    package var path: String
    package var query: [QueryItem]
    /// Neither `Host` nor `Content-Length`: those are the transport's.
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// The body's SHA-256 where it is known already: hashing 16 MiB twice would be felt.
    package var bodyDigest: Digest?
    /// From the first step of connecting to the last byte of the answer.
    package var timeLimit: Duration
    /// What the body of the answer has to keep up with.
    package var pace: AnswerPace
    /// The longest answer that is read, in bytes.
    package var responseLimit: Int
    /// Whether it may be sent again after its answer was lost: false for what must not happen twice. Whether an answer with a server's
    /// fault in it means that nothing was done, the client's `judge` says.
    package var isRepeatable: Bool
    /// Whether it is for something on this machine or right beside it, which hands out credentials and which no proxy can reach.
    package var isToNeighbour = false

    package init(
        _ method: Method, _ endpoint: Endpoint, path: String = "/", query: [QueryItem] = [], headers: HTTPHeaders = [:],
        body: [UInt8] = [], bodyDigest: Digest? = nil, timeLimit: Duration = .seconds(30), pace: AnswerPace = AnswerPace(),
        responseLimit: Int = 4 << 20, isRepeatable: Bool = true
    ) {
        self.method = method
        self.endpoint = endpoint
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.bodyDigest = bodyDigest
        self.timeLimit = timeLimit
        self.pace = pace
        self.responseLimit = responseLimit
        self.isRepeatable = isRepeatable
    }

    /// The path as it is sent, with the endpoint's own before it.
    package var encodedPath: String {
        let path = PercentEncoding.path(endpoint.basePath + path)
        return path.isEmpty ? "/" : path
    }

    /// The query as it is sent: sorted, as the signature wants it. Empty where there is none.
    package var encodedQuery: String { PercentEncoding.query(query) }

    package var url: String {
        let query = encodedQuery
        return endpoint.origin + encodedPath + (query.isEmpty ? "" : "?" + query)
    }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    /// Method and address alone: headers hold signatures and tokens, and a body may hold a key.
    package var description: String { "\(method.rawValue) \(url)" }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
