import NIOHTTP1

/// A bucket as requests name it.
struct S3Bucket: Hashable, Sendable {
    let address: S3Address
    /// Scheme and host of its requests.
    let endpoint: Endpoint
    /// What stands before an object's key in a path: `/`, or `/BUCKET/`.
    let root: String

    /// `endpoint` is that of S3 in the bucket's Region.
    init(_ address: S3Address, at endpoint: Endpoint, _ addressing: S3Options.Addressing) {
        self.address = address
        let isVirtual =
            switch addressing {
            case .path: false
            case .virtualHost: true
            // A certificate's * stands for one label: it does not cover a bucket with dots in its name.
            case .automatic: Self.isAWS(endpoint) && !address.bucket.contains(".")
            }
        root = isVirtual ? "/" : "/\(address.bucket)/"
        self.endpoint =
            isVirtual
            ? Endpoint(
                isSecure: endpoint.isSecure, host: "\(address.bucket).\(endpoint.host)", port: endpoint.port,
                basePath: endpoint.basePath)
            : endpoint
    }

    /// A request for the object of this key, or for the bucket itself where there is none.
    func request(
        _ method: HTTPRequest.Method, key: String? = nil, query: [HTTPRequest.QueryItem] = [], headers: HTTPHeaders = [:]
    ) -> HTTPRequest {
        HTTPRequest(method, endpoint, path: root + (key ?? ""), query: query, headers: headers)
    }

    /// What a policy calls the bucket, or an object in it.
    func arn(_ key: String?, in region: String) -> String {
        "arn:\(Partition(region: region).name):s3:::\(address.bucket)" + (key.map { "/\($0)" } ?? "")
    }

    /// Whether it is one of AWS's own regional endpoints, where every bucket has a host of its own.
    private static func isAWS(_ endpoint: Endpoint) -> Bool {
        endpoint.isSecure && ["s3.", "s3-fips."].contains { endpoint.host.hasPrefix($0) }
            && [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".c2s.ic.gov", ".sc2s.sgov.gov"]
                .contains { endpoint.host.hasSuffix($0) }
    }
}
