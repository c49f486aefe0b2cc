import Foundation
import HoldfastAWS
import HoldfastCrypto
import HoldfastModel
import NIOHTTP1

/// An S3 server that nobody here wrote, at an address that the environment names (`scripts/s3-test` starts them).
struct S3Witness: Sendable {
    let url: String
    let credentials: Credentials

    static let moto = ProcessInfo.processInfo.environment["HOLDFAST_MOTO"].map { Self(url: $0, "AKIDEXAMPLE", "secret") }
    static let ceph = ProcessInfo.processInfo.environment["HOLDFAST_CEPH"].map { Self(url: $0, "AKIDEXAMPLE", "secret") }
    static let rclone = ProcessInfo.processInfo.environment["HOLDFAST_RCLONE"].map { Self(url: $0, "AKIDEXAMPLE", "secret") }

    private init(url: String, _ id: String, _ secret: String) {
        self.url = url
        credentials = Credentials(accessKeyID: id, secretKey: secret, origin: .explicit)
    }

    /// A store in a bucket of its own, or in one that there is not.
    func run(
        isVersioned: Bool = false, locksObjects: Bool = false, isMissing: Bool = false,
        change: (inout S3Options) -> Void = { _ in },
        _ body: (S3Store) async throws -> Void
    ) async throws {
        var options = S3Options()
        change(&options)
        let id: SnapshotID = Random.id()
        let address = try S3Address("s3://holdfast-\(id)/a=1/b.c@d")
        try await PatientTransport.run { transport in
            let headers: HTTPHeaders = locksObjects ? ["x-amz-bucket-object-lock-enabled": "true"] : [:]
            if !isMissing { try await put("/\(address.bucket)", headers: headers, by: transport) }
            if isVersioned {
                try await put(
                    "/\(address.bucket)", [.init("versioning")],
                    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", by: transport)
            }
            try await body(
                S3Store(
                    at: address, region: "us-east-1", credentials: FixedCredentials(credentials),
                    endpoints: ServiceEndpoints(region: "us-east-1", explicit: [.s3: url]), transport: transport,
                    timing: Self.timing,
                    options: options))
        }
    }

    /// The shortest parts that S3 allows.
    static func leastParts(_ options: inout S3Options) {
        options.multipartThreshold = 5 << 20
        options.partByteCount = 5 << 20
    }

    private func put(
        _ path: String, _ query: [HTTPRequest.QueryItem] = [], _ body: String = "",
        headers: HTTPHeaders = [:], by transport: any HTTPTransport
    ) async throws {
        guard let endpoint = Endpoint(url: url) else { preconditionFailure("\(url) is an address") }
        let client = SignedClient(
            transport: transport, credentials: FixedCredentials(credentials),
            signer: RequestSigner(service: "s3", region: "us-east-1"), timing: Self.timing)
        let request = HTTPRequest(.put, endpoint, path: path, query: query, headers: headers, body: Array(body.utf8))
        let response = try await client.send(request) { $0.status >= 500 ? .tryAgain : .final }.response
        guard response.isSuccess else {
            throw StoreError.unavailable(url, detail: "\(response.status) \(String(decoding: response.body, as: UTF8.self))")
        }
    }

    private static var timing: RequestTiming { .system(now: { Timestamp(seconds: Int64(Date.now.timeIntervalSince1970)) }) }
}
