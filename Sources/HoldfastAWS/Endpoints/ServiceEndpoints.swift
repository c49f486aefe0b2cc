/// Where each service is reached in each Region: what the project file says, then the environment, then AWS's own rules.
package struct ServiceEndpoints: Sendable {
    private let variables: [String: String]
    private let explicit: [AWSService: String]
    private let region: String
    private let insecure: Set<AWSService>

    /// `insecure`: what may be asked over plain http on other hosts than this one. `explicit` are the addresses of the project file, which are of `region` alone unless they hold `{region}`.
    package init(
        variables: [String: String] = [:], region: String, explicit: [AWSService: String] = [:],
        insecure: Set<AWSService> = []
    ) {
        self.insecure = insecure
        self.variables = variables
        self.region = region
        self.explicit = explicit
    }

    /// The endpoint of `service` in `region`.
    package func endpoint(of service: AWSService, in region: String) throws(EndpointError) -> Endpoint {
        guard Self.isRegion(region) else { throw EndpointError(endpoint: region, problem: "this is no name of a Region") }
        if let text = explicit[service], region == self.region || text.contains("{region}") {
            return try checked(text, of: service, in: region)
        }
        if let text = configured(service) { return try checked(text, of: service, in: region) }
        return Endpoint(host: host(of: service, in: region))
    }

    /// Whether the environment alone says where the service is.
    func isFromEnvironment(_ service: AWSService) -> Bool { explicit[service] == nil && configured(service) != nil }

    /// `AWS_ENDPOINT_URL_KMS`, then `AWS_ENDPOINT_URL`: for every Region, since that is how stand-ins are used.
    private func configured(_ service: AWSService) -> String? {
        guard variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() != "true" else { return nil }
        let names = ["AWS_ENDPOINT_URL_\(service.rawValue.uppercased())", "AWS_ENDPOINT_URL"]
        return names.compactMap { variables[$0] }.first { !$0.isEmpty }
    }

    private func checked(_ text: String, of service: AWSService, in region: String) throws(EndpointError) -> Endpoint {
        let parts = text.split(separator: "{region}", omittingEmptySubsequences: false)
        let url = parts.joined(separator: region)
        guard let endpoint = Endpoint(url: url) else {
            throw EndpointError(endpoint: url, problem: "this is not an address as https://HOST[:PORT]")
        }
        guard endpoint.isSecure || endpoint.isLoopback || insecure.contains(service) else {
            let way = service == .s3 ? "use https, or say insecure: true under stores: s3:" : "use https, or a loopback address"
            throw EndpointError(
                endpoint: url, problem: "without https anybody on the way could read, answer and withhold: \(way)")
        }
        return endpoint
    }

    private func host(of service: AWSService, in region: String) -> String {
        let partition = Partition(region: region)
        let (isFIPS, isDualStack) = (isOn("AWS_USE_FIPS_ENDPOINT"), isOn("AWS_USE_DUALSTACK_ENDPOINT"))
        // In GovCloud STS is FIPS-validated under its plain name, and has no other.
        let hasPlainFIPS = service == .sts && partition.name == "aws-us-gov"
        let name = service.rawValue + (isFIPS && !hasPlainFIPS ? "-fips" : "")
        switch service {
        case .s3: return "\(name)\(isDualStack ? ".dualstack" : "").\(region).\(partition.suffix)"
        case .kms, .sts: return "\(name).\(region).\(isDualStack ? partition.dualStackSuffix : partition.suffix)"
        }
    }

    private func isOn(_ name: String) -> Bool { variables[name]?.lowercased() == "true" }

    /// Lower-case letters, digits and hyphens: a Region's name becomes part of a host's.
    package static func isRegion(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 40 && !text.hasPrefix("-") && !text.hasSuffix("-")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}

/// Why an endpoint cannot be used: which one, and what to do.
package struct EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
    package let endpoint: String
    package let problem: String

    package var description: String { "\(endpoint): \(problem)" }
}
