import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// HTTP over the network. One for a process, and to be shut down before that ends.
package final class AsyncHTTPTransport: HTTPTransport {
    private let client: HTTPClient
    private let proxied: [ProxyAddress: HTTPClient]
    private let proxies: ProxyRules
    private let userAgent: String

    /// `userAgent` goes with every request. `connectionsPerHost` bounds what one host is asked at once.
    package init(
        userAgent: String, network: NetworkSettings = .plain, connectionsPerHost: Int = 16,
        connectTimeLimit: Duration = .seconds(5)
    ) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeLimit), read: .seconds(60), write: .seconds(60)),
            // What is decompressed is not what was signed for or summed.
            decompression: .disabled)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
        // Who does not take the connection is asked again by us, who count.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        if let roots = network.roots {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(roots)
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        proxies = network.proxies
        proxied = Dictionary(
            uniqueKeysWithValues: proxies.addresses.map { [configuration] address in
                var configuration = configuration
                configuration.proxy = .server(
                    host: address.host, port: address.port,
                    authorization: address.user.map { .basic(username: $0, password: address.password) })
                return (address, HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration))
            })
        self.userAgent = userAgent
    }

    package func shutdown() async {
        for client in [client] + proxied.values { try? await client.shutdown() }
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let way = proxies.proxy(for: request).map { ", by way of the proxy \($0)," } ?? ""
        do {
            return try await limited(request)
        } catch {
            throw TransportError(error, host: request.endpoint.authority + way)
        }
    }

    /// The client's own deadline ends with the head of the answer: a body that drips is for us to give up.
    private func limited(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await withThrowingTaskGroup(of: HTTPResponse?.self) { group in
            group.addTask { try await self.execute(request) }
            group.addTask {
                try await Task.sleep(for: request.timeLimit)
                return nil
            }
            defer { group.cancelAll() }
            guard let response = try await group.next() ?? nil else { throw TransportError.timedOut(request.endpoint.authority) }
            return response
        }
    }

    private func execute(_ request: HTTPRequest) async throws -> HTTPResponse {
        let deadline = NIODeadline.now() + TimeAmount(request.timeLimit)
        let client = proxies.proxy(for: request).flatMap { proxied[$0] } ?? client
        let response = try await client.execute(outgoing(request), deadline: deadline)
        var body: [UInt8] = []
        if let length = response.headers.first(name: "content-length").flatMap({ Int($0) }), request.method != .head {
            guard length <= request.responseLimit else { throw tooLong(request, response.status) }
            // The server's word alone takes no more memory than this.
            body.reserveCapacity(min(length, 16 << 20))
        }
        let begun = ContinuousClock.now
        for try await part in response.body {
            guard begun.duration(to: .now) <= request.pace.limit(byteCount: body.count + part.readableBytes) else {
                throw TransportError.timedOut(request.endpoint.authority)
            }
            guard body.count + part.readableBytes <= request.responseLimit else { throw tooLong(request, response.status) }
            body.append(contentsOf: part.readableBytesView)
        }
        return HTTPResponse(status: Int(response.status.code), headers: response.headers, body: body)
    }

    private func outgoing(_ request: HTTPRequest) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        outgoing.headers = request.headers
        outgoing.headers.replaceOrAdd(name: "Host", value: request.endpoint.authority)
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
        if !request.body.isEmpty || request.method == .put || request.method == .post {
            outgoing.body =
                request.body.count > 1 << 20
                ? .stream(BodySlices(bytes: request.body), length: .known(Int64(request.body.count)))
                : .bytes(ByteBuffer(bytes: request.body))
        }
        return outgoing
    }

    /// What is in the way may answer with a page of its own, of any length: that says nothing of what was asked for.
    private func tooLong(_ request: HTTPRequest, _ status: HTTPResponseStatus) -> TransportError {
        guard (200..<300).contains(status.code) else {
            return .lost(request.endpoint.authority, detail: "an error page of more than \(request.responseLimit) bytes")
        }
        return .tooLong(request.endpoint.authority, limit: request.responseLimit)
    }
}

extension TransportError {
    fileprivate init(_ error: any Error, host: String) {
        switch error {
        case let error as TransportError: self = error
        case is CancellationError: self = .cancelled
        case let error as HTTPClientError: self.init(error, host: host)
        case let error as NIOConnectionError: self.init(error, host: host)
        // An address without a name fails so; these two codes come of connecting and of nothing else.
        case let error as IOError where [ECONNREFUSED, ENETUNREACH].contains(error.errnoCode):
            self = .refused(host, detail: error.description)
        case let error as IOError: self = .lost(host, detail: error.description)
        // BoringSSL's errors have many types, none of which this module needs for more than their names.
        case _ where String(reflecting: type(of: error)).hasPrefix("NIOSSL."):
            self = .tls(host, detail: Self.tlsDetail("\(error)"))
        default: self = .lost(host, detail: "\(error)")
        }
    }

    private static func tlsDetail(_ text: String) -> String {
        guard text.contains("CERTIFICATE_VERIFY_FAILED") else { return text }
        return "its certificate leads to nobody who is trusted here: where the CA is a private one, name its PEM file in "
            + "AWS_CA_BUNDLE; \(text)"
    }

    private init(_ error: HTTPClientError, host: String) {
        switch error {
        case .proxyAuthenticationRequired:
            self = .forbidden(
                host, detail: "the proxy wants another user and password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT")
        case .invalidProxyResponse, .httpProxyHandshakeTimeout:
            self = .refused(host, detail: "the proxy does not lead there: \(error.shortDescription)")
        case .cancelled: self = .cancelled
        case .connectTimeout, .getConnectionFromPoolTimeout: self = .refused(host, detail: error.shortDescription)
        case .tlsHandshakeTimeout: self = .tls(host, detail: error.shortDescription)
        case .readTimeout, .writeTimeout, .deadlineExceeded: self = .timedOut(host)
        case .invalidURL, .emptyHost, .emptyScheme: self = .forbidden(host, detail: error.shortDescription)
        default: self = .lost(host, detail: error.shortDescription)
        }
    }

    private init(_ error: NIOConnectionError, host: String) {
        if let failure = error.connectionErrors.first {
            self = .refused(host, detail: "\(failure.error)")
        } else {
            self = .unresolved(host, detail: "\(error.dnsAError ?? error.dnsAAAAError ?? error)")
        }
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
