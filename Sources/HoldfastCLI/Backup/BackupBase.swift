import Holdfast
import HoldfastModel

/// Which earlier snapshot a new one may refer to: `--base`, else what the cluster's `trust_base` allows.
struct BackupBase: Sendable {
    let context: ClusterContext

    func choose(_ argument: String?) async throws -> BackupRequest.Base {
        switch argument {
        case "none": return .none
        case let name?: return .snapshot(try await context.select(name).id)
        case nil:
            return switch context.cluster.trustBase {
            case .none: .none
            case .witness: .remembered
            case .cluster: .anyOfSource
            }
        }
    }
}
