/// One element of `NO_PROXY`: whom to reach without the proxy.
enum ProxyException: Hashable, Sendable {
    case everyone
    /// A host, and all below it: `amazonaws.com`, `.internal`. With a port only that port of them.
    case name(String, port: Int?)
    case address(IPAddress, port: Int?)
    /// `10.0.0.0/8`: the AWS CLI does not know these, but many others do. Names are not looked up for it.
    case network(IPAddress, bits: Int)

    /// Nil for what is empty. What has no other meaning is a name.
    init?(_ text: Substring) {
        let element = text.trimmed.lowercased()
        guard !element.isEmpty else { return nil }
        let parts = element.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if element == "*" {
            self = .everyone
        } else if parts.count == 2, let base = IPAddress(String(parts[0])), let bits = Int(parts[1]),
            0...base.bytes.count * 8 ~= bits
        {
            self = .network(base, bits: bits)
        } else if let address = IPAddress(element) {
            self = .address(address, port: nil)
        } else {
            self = Self.host(element)
        }
    }

    private static func host(_ element: String) -> ProxyException {
        let colon = element.lastIndex(of: ":")
        let port = colon.flatMap { Int(element[element.index(after: $0)...]) }
        let host = port == nil ? element[...] : element[..<(colon ?? element.endIndex)]
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        if let address = IPAddress(String(bare)) { return .address(address, port: port) }
        return .name(String(host.drop { $0 == "." }), port: port)
    }

    func covers(_ endpoint: Endpoint) -> Bool {
        switch self {
        case .everyone: true
        case .name(let name, let port):
            (endpoint.host == name || endpoint.host.hasSuffix(".\(name)")) && port ?? endpoint.port == endpoint.port
        case .address(let address, let port): IPAddress(endpoint.host) == address && port ?? endpoint.port == endpoint.port
        case .network(let base, let bits): IPAddress(endpoint.host)?.isIn(base, bits: bits) ?? false
        }
    }
}
