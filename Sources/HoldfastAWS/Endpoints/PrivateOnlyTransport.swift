import Synchronization

/// The addresses of a host's name. Throws `.unresolved` where there are none.
package protocol HostResolver: Sendable {
    func addresses(of host: String) async throws(TransportError) -> [IPAddress]
}

/// Sends nothing to a host unless every address of its name is private (`private_only: true`): what must go by PrivateLink does not
/// leave by the Internet when a name server says so, or when private DNS was never switched on.
///
/// Names are looked up again after a minute. The transport below resolves for itself, so a name server that answers differently each
/// time can still mislead it; TLS then refuses whoever is not AWS. What would go through a proxy, which looks names up for itself, is
/// refused.
package final class PrivateOnlyTransport<Base: HTTPTransport>: HTTPTransport {
    private let base: Base
    private let proxies: ProxyRules
    private let resolver: any HostResolver
    private let timing: RequestTiming
    private let approved = Mutex<[String: Duration]>([:])

    private static var remembered: Duration { .seconds(60) }

    package init(_ base: Base, proxies: ProxyRules = .none, resolver: any HostResolver, timing: RequestTiming) {
        self.base = base
        self.proxies = proxies
        self.resolver = resolver
        self.timing = timing
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let host = request.endpoint.host
        if let proxy = proxies.proxy(for: request) {
            throw .forbidden(
                host,
                detail: "private_only is set, and what its name leads to behind the proxy \(proxy) cannot be seen from here: "
                    + "add \(host) to NO_PROXY")
        }
        try await approve(host)
        return try await base.send(request)
    }

    private func approve(_ host: String) async throws(TransportError) {
        let now = timing.elapsed()
        if let time = approved.withLock({ $0[host] }), now - time < Self.remembered { return }
        let addresses = if let address = IPAddress(host) { [address] } else { try await resolver.addresses(of: host) }
        guard !addresses.isEmpty else { throw .unresolved(host, detail: "no addresses") }
        if let outside = addresses.first(where: { !$0.isPrivate }) {
            throw .forbidden(
                host,
                detail:
                    "private_only is set, and its address \(outside) is public: name a private endpoint, or switch private DNS on"
            )
        }
        approved.withLock { $0[host] = now }
    }
}
