import HoldfastAWS
import HoldfastModel
import Synchronization

/// How one service of AWS is reached from this process, and as whom.
struct AWSWay: Sendable {
    let access: AWSAccess
    let identity: AWSIdentity
}

/// Whom AWS sees.
struct AWSIdentity: Sendable {
    /// What there is before a role of the project is assumed.
    let found: any CredentialSource
    /// What requests are signed with.
    let credentials: any CredentialSource
}

/// Identities, each made once: a role that was assumed for AWS KMS is not assumed again for S3, or for the next repository.
final class AWSIdentities: Sendable {
    private let made = Mutex<[AWSSettings: AWSIdentity]>([:])

    func identity(_ settings: AWSSettings, by access: AWSAccess) throws(CredentialError) -> AWSIdentity {
        try made.withLock { made throws(CredentialError) in
            if let identity = made[settings.ofIdentity] { return identity }
            let found = try access.foundCredentials()
            let identity = AWSIdentity(found: found, credentials: try access.credentials(with: found))
            made[settings.ofIdentity] = identity
            return identity
        }
    }
}

extension AWSSettings {
    /// Without what is one service's own: STS has neither of these addresses.
    fileprivate var ofIdentity: AWSSettings {
        var settings = self
        (settings.endpoint, settings.isInsecure, settings.trustedRoles) = (nil, false, [])
        return settings
    }
}
