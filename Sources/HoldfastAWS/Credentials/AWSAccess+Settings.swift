package import HoldfastModel

extension AWSAccess {
    /// Access to one service as a project file says it. Throws what is wrong there, and what to write instead.
    ///
    /// With `private_only` every service is asked by its private address alone, STS too.
    package init(
        _ settings: AWSSettings, to service: AWSService = .kms, project: String, machine: LocalMachine,
        transport: some HTTPTransport, proxies: ProxyRules, timing: RequestTiming, resolver: any HostResolver = SystemResolver()
    ) throws(CredentialError) {
        let reached: any HTTPTransport =
            settings.privateOnly
            ? PrivateOnlyTransport(transport, proxies: proxies, resolver: resolver, timing: timing) : transport
        let surroundings = CredentialSurroundings(machine: machine, transport: reached, timing: timing)
        try self.init(settings, to: service, project: project, surroundings: surroundings)
    }

    /// The same in surroundings that are given, whose transport is taken as it is.
    package init(
        _ settings: AWSSettings, to service: AWSService = .kms, project: String, surroundings: CredentialSurroundings
    ) throws(CredentialError) {
        let place = (service == .s3 ? "stores: s3:" : "key_managers: aws-kms:") + " in the project file"
        let named: String? = if let region = settings.region { region } else { try Self.region(of: surroundings.machine) }
        guard let region = named else {
            throw .unusable(place, detail: "no Region is named: add region: there, or set AWS_REGION")
        }
        for region in [region] + settings.regions where !ServiceEndpoints.isRegion(region) {
            throw .unusable(place, detail: "'\(region)' is no name of a Region, such as us-east-1")
        }
        let explicit = settings.endpoint.map { [service: $0] } ?? [:]
        let endpoints = ServiceEndpoints(
            variables: surroundings.machine.variables, region: region, explicit: explicit,
            insecure: settings.isInsecure ? [service] : [])
        do throws(EndpointError) {
            for service in AWSService.allCases { _ = try endpoints.endpoint(of: service, in: region) }
        } catch {
            throw .unusable(place, detail: "\(error)")
        }
        self.init(
            region: region, otherRegions: settings.regions, endpoints: endpoints, surroundings: surroundings,
            role: try Self.role(settings, project: project, place: place))
    }

    private static func role(
        _ settings: AWSSettings, project: String, place: String
    ) throws(CredentialError) -> RoleRequest? {
        guard let arn = settings.role else {
            guard settings.externalID == nil else {
                throw .unusable(place, detail: "external_id: needs a role: to assume with it")
            }
            return nil
        }
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[3].isEmpty, parts[4].count == 12,
            parts[5].hasPrefix("role/"), parts[5].count > 5
        else { throw .unusable(place, detail: "role: '\(arn)' is not arn:aws:iam::ACCOUNT:role/NAME") }
        if let id = settings.externalID, !(2...1224).contains(id.utf8.count) {
            throw .unusable(place, detail: "external_id: has 2 to 1224 characters")
        }
        return RoleRequest(arn: arn, externalID: settings.externalID, sessionName: "holdfast-\(project)")
    }
}
