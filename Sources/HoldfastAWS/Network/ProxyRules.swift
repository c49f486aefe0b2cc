/// Who is reached through which proxy: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, read as the AWS CLI reads them.
package struct ProxyRules: Hashable, Sendable {
    private let secure: ProxyAddress?
    private let plain: ProxyAddress?
    private let exceptions: [ProxyException]

    /// Nobody is reached through a proxy.
    package static let none = ProxyRules(secure: nil, plain: nil, exceptions: [])

    private init(secure: ProxyAddress?, plain: ProxyAddress?, exceptions: [ProxyException]) {
        (self.secure, self.plain, self.exceptions) = (secure, plain, exceptions)
    }

    /// A name in lower case counts before the same in upper case, also where it is set to nothing. Throws where one holds no address that
    /// can be used: to go without the proxy would be to go a way that nobody meant.
    package init(variables: [String: String]) throws(CredentialError) {
        secure = try Self.address("HTTPS_PROXY", variables)
        // A web server hands a script its client's `Proxy:` header under this name.
        plain = variables["REQUEST_METHOD"] == nil ? try Self.address("HTTP_PROXY", variables) : nil
        exceptions = (Self.value("NO_PROXY", variables)?.text ?? "").split(separator: ",").compactMap { ProxyException($0) }
    }

    private static func value(_ name: String, _ variables: [String: String]) -> (name: String, text: String)? {
        let found = [name.lowercased(), name].lazy.compactMap { name in variables[name].map { (name, $0.trimmed) } }.first
        return found.flatMap { $0.1.isEmpty ? nil : $0 }
    }

    private static func address(_ name: String, _ variables: [String: String]) throws(CredentialError) -> ProxyAddress? {
        guard let (name, text) = value(name, variables) else { return nil }
        do throws(ProxyAddress.BadAddress) {
            return try ProxyAddress(text)
        } catch {
            throw .unusable(name, detail: error.problem)
        }
    }

    /// All proxies that may be needed.
    var addresses: Set<ProxyAddress> { Set([secure, plain].compactMap(\.self)) }

    /// The proxy of a request; nil where it goes straight there. What stays on this machine goes through none, and neither does what is
    /// asked of a neighbour that hands out credentials.
    package func proxy(for request: HTTPRequest) -> ProxyAddress? {
        let endpoint = request.endpoint
        guard !request.isToNeighbour, !endpoint.isLoopback, !exceptions.contains(where: { $0.covers(endpoint) }) else {
            return nil
        }
        return endpoint.isSecure ? secure : plain
    }
}
