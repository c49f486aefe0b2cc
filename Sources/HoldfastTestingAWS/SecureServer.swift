import NIOSSL

/// A server with TLS on the loopback interface, which answers everything with 200 and three bytes.
package enum SecureServer {
    /// Serves while `body` runs, at the port that it is given; certificate and key are in PEM.
    package static func serving<Answer>(
        certificate: String, key: String, _ body: (Int) async throws -> Answer
    ) async throws -> Answer {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { NIOSSLCertificateSource.certificate($0) }
        let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
        let context = try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: chain, privateKey: key))
        return try await LoopbackServer.serving(tls: context, { _ in FakeReply(body: Array("yes".utf8)) }) { url in
            guard let port = url.split(separator: ":").last.flatMap({ Int($0) }) else {
                preconditionFailure("\(url) has no port")
            }
            return try await body(port)
        }
    }
}
