import HoldfastAWS
import HoldfastModel
import Synchronization

/// How AWS is reached from this process: one transport, and the real time, whatever `--time` says.
struct AWSOpening: Sendable {
    /// Lives as long as the process.
    private static let transport = AsyncHTTPTransport(userAgent: Version.tool, connectionsPerHost: S3Options().concurrency)

    let session: Session
    /// The project's name.
    let project: String
    private let identities = AWSIdentities()

    init(session: Session, project: String) {
        self.session = session
        self.project = project
    }

    /// How a service is reached. Credentials are those of every other service that is reached as the same role from the same Region.
    func way(to service: AWSService, _ settings: AWSSettings) throws(CredentialError) -> AWSWay {
        let access = try AWSAccess(
            settings, to: service, project: project, variables: session.environment, transport: Self.transport,
            timing: .system(now: { SystemClock.now }))
        return AWSWay(access: access, identity: try identities.identity(settings, by: access))
    }

    /// None for a project that neither has settings for AWS KMS nor trusts a CMK there: nobody is asked for nothing. Settings that are
    /// of no use stop no keyless command: the manager then answers everything with what is wrong.
    func keyManagers(_ settings: AWSSettings?, trusted: [CMKPattern]) -> [any KeyManager] {
        let ours = trusted.filter { $0.text.hasPrefix("\(KeyARN.scheme):") }
        guard settings != nil || !ours.isEmpty else { return [] }
        let settings = settings ?? AWSSettings()
        let session = session
        do {
            let way = try way(to: .kms, settings)
            let others = try way.access.trustedCredentials(with: way.identity.found)
            return [
                AWSKeyManager(
                    .init(
                        access: way.access, credentials: way.identity.credentials, trustedRoles: others,
                        regions: settings.regions, trusted: ours, clock: { session.now }))
            ]
        } catch {
            return [UnreachableKeyManager(scheme: KeyARN.scheme, reason: .unreachable("AWS KMS", detail: "\(error)"))]
        }
    }

    /// The CMK that an alias stands for today, by its own ARN: tomorrow the alias may point elsewhere.
    func resolve(_ cmk: CMK, _ settings: AWSSettings) async throws -> CMK {
        let everything = CMKPattern("\(KeyARN.scheme):*").map { [$0] } ?? []
        guard let manager = keyManagers(settings, trusted: everything).first(where: { $0.scheme == cmk.scheme }) else {
            return cmk
        }
        return try await manager.describe(cmk).cmk
    }

    /// Tells who uses keys that never end of the better way. Throws where there are no credentials at all.
    func adviseRole(_ settings: AWSSettings) async throws {
        let credentials: Credentials
        do throws(CredentialError) {
            credentials = try await way(to: .kms, settings).identity.credentials.credentials()
        } catch {
            throw Failure(error)
        }
        guard credentials.isStatic else { return }
        session.note(
            "AWS: these are static credentials (\(credentials.origin)); safer is a role, whose credentials end by themselves: "
                + "--role ARN --external-id ID")
    }

    func store(bucket: String, prefix: String, _ settings: S3Settings) throws -> S3Store {
        let place = RepositoryLocation.s3(bucket: bucket, prefix: prefix).description
        do {
            let way = try way(to: .s3, settings.access)
            return try S3Store(
                at: try S3Address(place), region: way.access.region, access: way.access, credentials: way.identity.credentials,
                options: try S3Options(settings))
        } catch let error as CredentialError {
            throw Failure(.usage, "S3 cannot be reached (\(error))", place, "")
        } catch let error as EndpointError {
            throw Failure(.usage, "S3 has no usable address (\(error))", place, "")
        } catch let error as S3AddressError {
            throw Failure(.usage, error.problem, place, "correct repository: in the project file")
        }
    }
}

extension S3Options {
    /// As the project file has them.
    fileprivate init(_ settings: S3Settings) throws(Failure) {
        self.init()
        storageClass = settings.storageClass
        packStorageClass = settings.packStorageClass ?? settings.storageClass
        expectedBucketOwner = settings.bucketOwner
        objectLock = settings.lock
        switch settings.encryption {
        case nil: encryption = nil
        case "AES256": encryption = .managed
        case "aws:kms": encryption = .kms(keyID: nil)
        case let text? where text.hasPrefix("aws:kms:"): encryption = .kms(keyID: String(text.dropFirst("aws:kms:".count)))
        case let text?:
            throw Failure(
                .usage, "no such encryption in stores: s3:", text, "write AES256, aws:kms, or aws:kms: and the ARN of a key")
        }
    }
}
