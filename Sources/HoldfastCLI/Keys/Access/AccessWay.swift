import HoldfastAWS
import HoldfastFormat
import HoldfastModel

/// How a project reaches one service of AWS from this machine: what the file and the surroundings say, and whom AWS sees.
struct AccessWay: Sendable {
    let service: AWSService
    let access: AWSAccess
    /// In the order in which they are tried; the first is that of whatever names none.
    let regions: [String]
    let isPrivateOnly: Bool
    /// Before a role is assumed with it; nil where there was none to be had.
    var source: CredentialOrigin?
    var accessKeyID: String?
    /// Whether what was found lasts until people revoke it.
    var isStatic: Bool?
    /// The ARN that AWS knows the requests' signer by.
    var identity: String?
    var problem: CredentialError?

    /// Asks for credentials and for their identity; what fails is kept as the way's problem.
    init(to service: AWSService, _ settings: AWSSettings, _ opening: AWSOpening) async throws {
        self.service = service
        let way = try opening.way(to: service, settings)
        access = way.access
        let others = service == .kms ? settings.regions : []
        regions = [access.region] + others.filter { [access] in $0 != access.region }
        isPrivateOnly = settings.privateOnly
        do throws(CredentialError) {
            let found = try await way.identity.found.credentials()
            (source, accessKeyID, isStatic) = (found.origin, found.accessKeyID, found.isStatic)
            identity = try await access.identity(of: way.identity.credentials)
        } catch {
            problem = error
        }
    }

    var name: String { service == .kms ? "AWS KMS" : "S3" }

    /// Why this is not how it should be; nil where nothing is to be said.
    var warning: String? {
        guard let source, isStatic == true else { return nil }
        return access.role == nil
            ? "static credentials (\(source)) last until people revoke them: make a role, then "
                + "holdfast keys access switch --role ARN --external-id ID"
            : "the role is assumed with static credentials (\(source)): give this machine a role of its own"
    }

    private func endpoint(in region: String) -> String {
        do throws(EndpointError) { return try access.endpoints.endpoint(of: service, in: region).description } catch {
            return "\(error)"
        }
    }

    var lines: [String] {
        var rows = regions.enumerated().map { index, region in
            (index == 0 ? "Region" : "then", "\(region)  \(endpoint(in: region))\(isPrivateOnly ? ", private only" : "")")
        }
        if let role = access.role {
            rows.append(("role", role.arn + (role.externalID.map { ", external id \($0)" } ?? ", without an external id")))
        }
        rows += access.trustedRoles.map { ("trusted", "\($0.arn), for what was wrapped through it") }
        if let source {
            let keys = [isStatic == true ? "static" : nil, accessKeyID].compactMap(\.self).joined(separator: ", ")
            rows.append((access.role == nil ? "credentials" : "assumed with", "\(source) (\(keys))"))
        }
        if let identity { rows.append(("identity", identity)) }
        if let problem { rows.append(("problem", "\(problem)")) }
        return [name] + rows.map { "  \($0.0.padded(to: 13))\($0.1)" }
    }

    var json: JSONObject {
        [
            "service": .string(service.rawValue),
            "regions": .array(
                regions.map { .object(["region": .string($0), "endpoint": .string(endpoint(in: $0))]) }),
            "private_only": .bool(isPrivateOnly), "role": .text(access.role?.arn),
            "external_id": .text(access.role?.externalID),
            "trusted_roles": .array(access.trustedRoles.map { .string($0.arn) }), "source": .text(source),
            "access_key_id": .text(accessKeyID),
            "static": isStatic.map(JSONValue.bool) ?? .null, "identity": .text(identity), "problem": .text(problem),
        ]
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension ProjectContext {
    /// Whether CMKs of AWS KMS are used.
    var usesAWSKeys: Bool {
        project.keyManagers.aws != nil || project.trustedPatterns.contains { $0.text.hasPrefix("\(KeyARN.scheme):") }
    }

    var usesS3: Bool { project.clusters.contains { $0.repository.isS3 } }

    /// The services of AWS that the project uses, with their settings. Throws where there are none.
    func servicesOfAWS() throws -> [(service: AWSService, settings: AWSSettings)] {
        var services: [(AWSService, AWSSettings)] = []
        if usesAWSKeys { services.append((.kms, project.keyManagers.aws ?? AWSSettings())) }
        if usesS3 { services.append((.s3, project.s3.access)) }
        guard !services.isEmpty else {
            throw Failure(
                .usage, "nothing of this project is in AWS", file, "name a CMK of AWS KMS under cmks:, or a repository in S3")
        }
        return services
    }
}
