import HoldfastCrypto
package import HoldfastModel

/// What requests are signed with. The secret key is lent to the signer alone and cannot be printed.
package final class Credentials: Sendable {
    package let accessKeyID: String
    /// Sent with every request, and worth nothing without the secret key.
    package let sessionToken: String?
    /// When AWS stops taking them; nil for those that last until they are revoked.
    package let expires: Timestamp?
    package let origin: CredentialOrigin
    private let secretKey: Secret

    package init(
        accessKeyID: String, secretKey: String, sessionToken: String? = nil, expires: Timestamp? = nil, origin: CredentialOrigin
    ) {
        self.accessKeyID = accessKeyID
        self.secretKey = Secret(copying: Array(secretKey.utf8).span)
        self.sessionToken = sessionToken
        self.expires = expires
        self.origin = origin
    }

    /// Whether they last until people revoke them. A session's keys end by themselves, wherever they were found.
    package var isStatic: Bool { origin.isStatic && sessionToken == nil }

    /// The signature of `text` under the key that is derived from the secret one, by way of each part of the scope: lowercase hex.
    func signature(of text: String, scope: [String]) -> String { secretKey.signature(of: text, scope: scope) }
}

/// A class lends no spans of what it holds, but it lends the secret itself.
extension Secret {
    fileprivate func signature(of text: String, scope: [String]) -> String {
        let prefixed = Secret(count: 4 + count) {
            $0.copy(Array("AWS4".utf8).span)
            $0.copy(bytes, at: 4)
        }
        var key = prefixed.authenticate(scope[0])
        for part in scope.dropFirst() + [text] {
            key = HMACSHA256(key: key.bytes.span).authenticate(Array(part.utf8).span)
        }
        return key.hex
    }

    private func authenticate(_ text: String) -> Digest { HMACSHA256(key: bytes).authenticate(Array(text.utf8).span) }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What may be shown to anyone.
    package var description: String { "\(accessKeyID) (\(origin))" }
    package var debugDescription: String { description }
    /// Dumps show no more than the description does.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

/// How credentials were come by: it stands in each envelope, since what was wrapped through a role is opened through it.
package enum CredentialOrigin: Hashable, Sendable {
    /// Named by whoever runs Holdfast.
    case explicit
    case environment
    /// Keys in a profile of the shared files.
    case profile(String)
    /// Printed by a profile's `credential_process`.
    case process(profile: String)
    /// Of a profile that signs on at IAM Identity Center: account and role.
    case singleSignOn(account: String, role: String)
    /// Of a container, or of EKS Pod Identity.
    case container
    /// Of an EC2 instance, by the name of its role.
    case instance(role: String)
    /// An assumed role's ARN.
    case role(String)

    /// Whether a user's own keys are found there.
    var isStatic: Bool {
        switch self {
        case .explicit, .environment, .profile: true
        case .process, .singleSignOn, .container, .instance, .role: false
        }
    }
}

extension CredentialOrigin: CustomStringConvertible {
    package var description: String {
        switch self {
        case .explicit: "explicit"
        case .environment: "environment"
        case .profile(let name): "profile:\(name)"
        case .process(let profile): "process:\(profile)"
        case .singleSignOn(let account, let role): "sso:\(account)/\(role)"
        case .container: "container"
        case .instance(let role): "instance:\(role)"
        case .role(let arn): arn
        }
    }
}
