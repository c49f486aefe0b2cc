/// Carries one request to a server and its answer back: once, without following redirects and without trying again.
package protocol HTTPTransport: Sendable {
    /// Throws where there was no whole answer. Any status is an answer.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}

/// Why there is no answer.
package enum TransportError: Error, Hashable, Sendable {
    /// The host's name has no address.
    case unresolved(String, detail: String)
    /// Nobody took the connection: nothing was sent.
    case refused(String, detail: String)
    /// The other side could not prove who it is, or speaks no TLS: nothing was sent.
    case tls(String, detail: String)
    /// Nothing came in time. It may have been received.
    case timedOut(String)
    /// The connection broke off. It may have been received.
    case lost(String, detail: String)
    /// The answer is longer than was allowed for.
    case tooLong(String, limit: Int)
    /// We do not send this there: no address, or one that is not allowed.
    case forbidden(String, detail: String)
    case cancelled

    /// Whether the server may have received the request, and done what it says.
    package var mayHaveArrived: Bool {
        switch self {
        case .unresolved, .refused, .tls, .forbidden: false
        case .timedOut, .lost, .tooLong, .cancelled: true
        }
    }

    /// Whether another try can help.
    package var isTransient: Bool {
        switch self {
        case .unresolved, .refused, .timedOut, .lost: true
        case .tls, .tooLong, .forbidden, .cancelled: false
        }
    }
}

extension TransportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unresolved(let host, let detail): "the name \(host) has no address (\(detail))"
        case .refused(let host, let detail): "no connection to \(host) (\(detail))"
        case .tls(let host, let detail): "no secure connection to \(host) (\(detail))"
        case .timedOut(let host): "\(host) did not answer in time"
        case .lost(let host, let detail): "the connection to \(host) broke off (\(detail))"
        case .tooLong(let host, let limit): "\(host) answered with more than \(limit) bytes"
        case .forbidden(let host, let detail): "\(host) is not used: \(detail)"
        case .cancelled: "it was interrupted"
        }
    }
}
