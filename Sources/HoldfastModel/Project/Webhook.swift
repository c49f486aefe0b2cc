/// Where news of alerts are posted: an `http` or `https` URL. Its path may hold a secret, so only its host is ever shown.
package struct Webhook: Hashable, Sendable {
    package let url: String
    /// With the port, where one is written.
    package let host: String

    /// Takes a URL in printable ASCII, with a host and without a user or password.
    package init?(_ url: String) {
        guard url.utf8.count <= 2048, url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) })
        else { return nil }
        let host = url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        guard !host.isEmpty, !host.contains("@"), !host.hasPrefix(":") else { return nil }
        self.url = url
        self.host = String(host)
    }
}
