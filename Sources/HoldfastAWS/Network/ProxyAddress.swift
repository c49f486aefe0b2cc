/// A proxy, and whom it is to take us for. Nothing that is shown of it holds the password.
package struct ProxyAddress: Hashable, Sendable {
    package let host: String
    package let port: Int
    package let user: String?
    let password: String

    /// Reads `[http://][USER[:PASSWORD]@]HOST[:PORT]`, with what is special in user and password percent-encoded. Port 80 where none is
    /// named. Throws what is wrong, without a word of the text itself: there may be a password in it.
    init(_ text: String) throws(BadAddress) {
        let mark = text.firstRange(of: "://")
        let scheme = mark.map { text[..<$0.lowerBound].lowercased() } ?? "http"
        guard scheme == "http" else {
            throw BadAddress(problem: "proxies are asked by http:// alone (what goes through them is TLS all the same)")
        }
        let rest = mark.map { text[$0.upperBound...] } ?? text.drop { $0 == "/" }
        let parts = rest.prefix { $0 != "/" }.split(separator: "@", omittingEmptySubsequences: false)
        let login = parts.dropLast().joined(separator: "@")
        guard let place = parts.last.flatMap({ Endpoint(url: "http://\($0)") }), let (user, password) = Self.login(login) else {
            throw BadAddress(problem: "this is no address as http://[USER:PASSWORD@]HOST[:PORT]")
        }
        (host, port, self.user, self.password) = (place.host, place.port, user, password)
    }

    struct BadAddress: Error, Hashable {
        let problem: String
    }

    private static func login(_ text: String) -> (user: String?, password: String)? {
        guard !text.isEmpty else { return (nil, "") }
        let pair = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = decoded(pair[0]), let password = decoded(pair.count > 1 ? pair[1] : "") else { return nil }
        return (user, password)
    }

    /// Here a plus sign is one.
    private static func decoded(_ text: Substring) -> String? {
        PercentEncoding.decoded(String(text.replacing("+", with: "%2B")))
    }
}

extension ProxyAddress: CustomStringConvertible, CustomReflectable {
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
