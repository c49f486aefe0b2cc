@testable import HoldfastModel

/// Says that CMKs are proven to be needed by nothing. Only tests may: no product code can make a proof but `DeletionCheck`.
func pretendedProof(of cmks: CMK...) -> DeletionProof {
    DeletionProof(cmks: Set(cmks), keyLogLengths: [:], snapshotCount: 0)
}
