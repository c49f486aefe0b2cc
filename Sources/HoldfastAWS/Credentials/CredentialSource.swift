/// Where requests get their credentials from.
package protocol CredentialSource: Sendable {
    /// Credentials that last a while yet.
    func credentials() async throws(CredentialError) -> Credentials

    /// New ones, since AWS no longer takes these; what another caller fetched meanwhile will do. Where there can be none the old ones
    /// come back.
    func credentials(insteadOf spent: Credentials) async throws(CredentialError) -> Credentials
}

/// Why there are no credentials.
package enum CredentialError: Error, Hashable, Sendable {
    /// Every source was asked, and each said why it has none.
    case notFound([String])
    /// No Region is named where this says, nor in the environment.
    case noRegion(String)
    /// This source is set up, and cannot be used as it is: what it is, and what to do.
    case unusable(String, detail: String)
    /// The source says no: the role may not be assumed, the sign-on is over.
    case denied(String, detail: String)
    /// The source does not answer.
    case unreachable(String, detail: String)
}

extension CredentialError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let reasons): "no AWS credentials: \(reasons.joined(separator: "; "))"
        case .noRegion(let place): "\(place): no Region is named: add region: there, or set AWS_REGION"
        case .unusable(let source, let detail): "\(source): \(detail)"
        case .denied(let source, let detail): "\(source): denied (\(detail))"
        case .unreachable(let source, let detail): "\(source) does not answer (\(detail))"
        }
    }
}

/// The same credentials always.
package struct FixedCredentials: CredentialSource {
    private let fixed: Credentials

    package init(_ credentials: Credentials) { fixed = credentials }

    package func credentials() -> Credentials { fixed }
    package func credentials(insteadOf spent: Credentials) -> Credentials { fixed }
}
