import NIOSSL

/// How other hosts are reached from this machine: through which proxies, and whose word is taken for who they are.
package struct NetworkSettings: Hashable, Sendable {
    package let proxies: ProxyRules
    /// The certificates that every server's has to lead to; nil for those that the system trusts.
    let roots: [NIOSSLCertificate]?

    /// Straight there, and with the system's certificates.
    package static let plain = NetworkSettings(proxies: .none, roots: nil)

    private init(proxies: ProxyRules, roots: [NIOSSLCertificate]?) { (self.proxies, self.roots) = (proxies, roots) }

    /// As the environment and the profile in use say it. Throws where a proxy or a file of certificates is named that is of no use.
    package init(_ machine: LocalMachine) throws(CredentialError) {
        proxies = try ProxyRules(variables: machine.variables)
        roots = try Self.roots(machine)
    }

    /// `AWS_CA_BUNDLE`, then the profile's `ca_bundle`. They take the place of the system's own: that is what these names mean to the
    /// AWS CLI.
    private static func roots(_ machine: LocalMachine) throws(CredentialError) -> [NIOSSLCertificate]? {
        guard let (file, name) = try machine.setting("AWS_CA_BUNDLE", "ca_bundle") else { return nil }
        let path = machine.expanded(file)
        let bytes = try machine.bytes(path, source: name)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes) else {
            throw .unusable(
                name, detail: "there are no certificates in PEM in \(path), or one that cannot be read: correct the file")
        }
        return certificates
    }
}
