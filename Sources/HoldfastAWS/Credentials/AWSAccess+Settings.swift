package import HoldfastModel

extension AWSAccess {
    /// Access to one service as a project file says it. Throws what is wrong there, and what to write instead.
    ///
    /// With `private_only` every service is asked by its private address alone, STS too.
    package init(
        _ settings: AWSSettings, to service: AWSService = .kms, project: String, variables: [String: String],
        transport: some HTTPTransport,
        timing: RequestTiming, resolver: any HostResolver = SystemResolver()
    ) throws(CredentialError) {
        let reached: any HTTPTransport =
            settings.privateOnly ? PrivateOnlyTransport(transport, resolver: resolver, timing: timing) : transport
        let surroundings = CredentialSurroundings.system(variables: variables, transport: reached, timing: timing)
        try self.init(settings, to: service, project: project, surroundings: surroundings)
    }

    /// The same in surroundings that are given, whose transport is taken as it is.
    package init(
        _ settings: AWSSettings, to service: AWSService = .kms, project: String, surroundings: CredentialSurroundings
    ) throws(CredentialError) {
        let place = (service == .s3 ? "stores: s3:" : "key_managers: aws-kms:") + " in the project file"
        let named: String? = if let region = settings.region { region } else { try Self.region(of: surroundings) }
        guard let region = named else { throw .noRegion(place) }
        for region in [region] + settings.regions where !ServiceEndpoints.isRegion(region) {
            throw .unusable(place, detail: "'\(region)' is no name of a Region, such as us-east-1")
        }
        let explicit = settings.endpoint.map { [service: $0] } ?? [:]
        let endpoints = ServiceEndpoints(
            variables: surroundings.variables, region: region, explicit: explicit,
            insecure: settings.isInsecure ? [service] : [])
        do throws(EndpointError) {
            for service in AWSService.allCases { _ = try endpoints.endpoint(of: service, in: region) }
        } catch {
            throw .unusable(place, detail: "\(error)")
        }
        self.init(
            region: region, otherRegions: settings.regions, endpoints: endpoints, surroundings: surroundings,
            role: try Self.role(settings, project: project, place: place),
            trustedRoles: try Self.trustedRoles(settings, project: project, place: place))
    }

    private static func role(
        _ settings: AWSSettings, project: String, place: String
    ) throws(CredentialError) -> RoleRequest? {
        if settings.externalID != nil, settings.role == nil, settings.trustedRoles.isEmpty {
            throw .unusable(place, detail: "external_id: needs a role: to assume with it")
        }
        if let id = settings.externalID, !(2...1224).contains(id.utf8.count) {
            throw .unusable(place, detail: "external_id: has 2 to 1224 characters")
        }
        guard let arn = settings.role else { return nil }
        return try request(arn, settings, project: project, field: "role:", of: place)
    }

    /// The project's own role is none of them.
    private static func trustedRoles(
        _ settings: AWSSettings, project: String, place: String
    ) throws(CredentialError) -> [RoleRequest] {
        var requests: [RoleRequest] = []
        for arn in settings.trustedRoles where arn != settings.role {
            requests.append(try request(arn, settings, project: project, field: "trusted_roles:", of: place))
        }
        return requests
    }

    private static func request(
        _ arn: String, _ settings: AWSSettings, project: String, field: String, of place: String
    ) throws(CredentialError) -> RoleRequest {
        guard RoleRequest.isRole(arn) else {
            throw .unusable(place, detail: "\(field) '\(arn)' is not arn:aws:iam::ACCOUNT:role/NAME")
        }
        return RoleRequest(arn: arn, externalID: settings.externalID, sessionName: "holdfast-\(project)")
    }
}
