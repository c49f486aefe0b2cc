package import HoldfastAWS

extension Failure {
    package init(_ error: CredentialError) {
        let (status, remedy): (ExitStatus, String) =
            switch error {
            case .notFound: (.keyManagerUnreachable, "give this machine a role, or name a profile in AWS_PROFILE")
            case .unreachable: (.keyManagerUnreachable, "run it again once it answers")
            case .denied: (.cmkUnavailable, "see who is asked for what: holdfast keys access")
            case .noRegion, .unusable: (.usage, "")
            }
        self.init(status, "AWS gives no access (\(error))", "", remedy)
    }
}
