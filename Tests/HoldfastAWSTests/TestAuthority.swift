import Foundation

/// A certificate that openssl makes for one test, and that vouches for itself: of all hosts under `aws.test`, and of 127.0.0.1.
struct TestAuthority: Sendable {
    let certificate: String
    let key: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast-ca-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appending(path: "ca.pem"), folder.appending(path: "ca.key"))
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments =
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
            + ["-subj", "/CN=Holdfast test", "-addext", "subjectAltName=DNS:*.aws.test,IP:127.0.0.1"]
            + ["-keyout", key.path, "-out", certificate.path]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        self.certificate = try String(contentsOf: certificate, encoding: .utf8)
        self.key = try String(contentsOf: key, encoding: .utf8)
    }
}
