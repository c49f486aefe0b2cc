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
