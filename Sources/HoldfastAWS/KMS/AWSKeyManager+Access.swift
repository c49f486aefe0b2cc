package import HoldfastModel

/// An envelope names the access through which it was wrapped. That is data from the store: a role that it names is assumed only where
/// the project's own file trusts it. To assume a stranger's role would tell the stranger who we are.
extension AWSKeyManager {
    /// Opens an envelope with the project's own access; where that is shut out, through the role that the envelope names, if the project
    /// trusts it.
    package func unwrap(_ envelope: Envelope, context: EncryptionContext) async throws(KeyManagerError) -> Secret {
        do throws(KeyManagerError) {
            return try await open(envelope, context)
        } catch {
            let (refusal, own) = (await refusal(error), await ownAccess)
            guard let refusal, let recorded = RecordedAccess(envelope), recorded.text != own else { throw error }
            guard refusal.isAnswer else { throw recorded.missing(refusal, error) }
            guard let credentials = configuration.trustedRoles[recorded.text] else {
                throw recorded.missing(refusal, own: own, in: envelope)
            }
            return try await open(envelope, context, through: credentials, recorded, after: refusal, own: own)
        }
    }

    private func open(
        _ envelope: Envelope, _ context: EncryptionContext, through credentials: any CredentialSource,
        _ recorded: RecordedAccess, after first: AccessRefusal, own: String
    ) async throws(KeyManagerError) -> Secret {
        let other = acting(as: credentials)
        do throws(KeyManagerError) {
            return try await other.open(envelope, context)
        } catch {
            guard let second = await other.refusal(error) else { throw error }
            throw .denied(
                envelope.cmk, detail: "\(first.reason); and through \(recorded.text), which wrapped it: \(second.reason)",
                remedy: "allow \(own) or \(recorded.text) to kms:Decrypt with it")
        }
    }

    /// Nil for all that is no matter of access, silence among it.
    private func refusal(_ error: KeyManagerError) async -> AccessRefusal? {
        switch error {
        case .denied(_, let detail, _): return AccessRefusal(reason: detail, isAnswer: true)
        case .unreachable:
            do throws(CredentialError) {
                _ = try await configuration.credentials.credentials()
                return nil
            } catch {
                switch error {
                case .unreachable: return nil
                case .notFound: return AccessRefusal(reason: "\(error)", isAnswer: false)
                case .denied, .noRegion, .unusable: return AccessRefusal(reason: "\(error)", isAnswer: true)
                }
            }
        default: return nil
        }
    }

    /// As an envelope would have it on record.
    private var ownAccess: String {
        get async {
            if let role = configuration.access.role { return role.arn }
            do throws(CredentialError) {
                return "\(try await configuration.credentials.credentials().origin)"
            } catch {
                return "this machine"
            }
        }
    }
}

/// Why credentials do not do.
private struct AccessRefusal {
    let reason: String
    /// Somebody said no. Else there are none with which anything could be asked, or any role be assumed.
    let isAnswer: Bool
}

/// The access that an envelope says it was wrapped through. Nobody vouches for it.
private struct RecordedAccess {
    let text: String

    /// Nil where there is none, or none that our own key manager would have written: it is not to be repeated to anybody.
    init?(_ envelope: Envelope) {
        guard let text = envelope.access else { return nil }
        let isPlain = text.utf8.count <= 128 && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        guard RoleRequest.isRole(text) || isPlain else { return nil }
        self.text = text
    }

    /// What would have been needed, where there is nothing at all.
    func missing(_ refusal: AccessRefusal, _ error: KeyManagerError) -> KeyManagerError {
        guard case .unreachable(let place, _) = error else { return error }
        return .unreachable(place, detail: "\(refusal.reason); this key was wrapped through \(text), its envelope says")
    }

    /// What is missing to open it, and which ways there are to get that.
    func missing(_ refusal: AccessRefusal, own: String, in envelope: Envelope) -> KeyManagerError {
        let way =
            RoleRequest.isRole(text)
            ? "if \(text) is a role of yours, add it to trusted_roles: under key_managers: aws-kms: in the project file, or "
                + "holdfast keys access switch --role \(text)"
            : "run it with the credentials that its key was wrapped with (\(text))"
        return .denied(
            envelope.cmk,
            detail:
                "\(refusal.reason); this key was wrapped through \(text), its envelope says, and the project's access is \(own)",
            remedy: "allow \(own) to kms:Decrypt with \(envelope.cmk); or, \(way)")
    }
}
