/// Where a service is reached: scheme, host, port, and a path that stands before every request's own.
package struct Endpoint: Hashable, Sendable {
    package let isSecure: Bool
    /// In lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// Empty, or from `/` on without one at its end.
    package let basePath: String

    package init(isSecure: Bool = true, host: String, port: Int? = nil, basePath: String = "") {
        self.isSecure = isSecure
        self.host = host.lowercased()
        self.port = port ?? (isSecure ? 443 : 80)
        self.basePath = basePath
    }

    /// Takes `https://host[:port][/path]`, without user, query or fragment. Nil for anything else.
    package init?(url: String) {
        let isSecure = url.hasPrefix("https://")
        guard isSecure || url.hasPrefix("http://") else { return nil }
        let rest = url.dropFirst(isSecure ? 8 : 7)
        guard !rest.contains(where: { "@?#\\ %".contains($0) }), rest.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" }
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path.removeLast() }
        guard let (host, port) = Self.split(authority) else { return nil }
        self.init(isSecure: isSecure, host: host, port: port, basePath: String(path))
    }

    private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        let (host, tail): (Substring, Substring)
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            (host, tail) = (authority.dropFirst().prefix(upTo: end), authority[authority.index(after: end)...])
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            host = authority.prefix { $0 != ":" }
            tail = authority[host.endIndex...]
            guard host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" }) else { return nil }
        }
        guard !host.isEmpty else { return nil }
        if tail.isEmpty { return (String(host), nil) }
        guard tail.hasPrefix(":"), let port = UInt16(tail.dropFirst()), port > 0 else { return nil }
        return (String(host), Int(port))
    }

    /// `host`, or `host:port` where the port is not the scheme's own: the `Host` header.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    package var origin: String { (isSecure ? "https://" : "http://") + authority }

    /// Whether what is sent there does not leave this machine.
    package var isLoopback: Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }
}

extension Endpoint: CustomStringConvertible {
    package var description: String { origin + basePath }
}
