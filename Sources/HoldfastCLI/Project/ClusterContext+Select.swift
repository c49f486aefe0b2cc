import Holdfast
import HoldfastModel

extension ClusterContext {
    /// The snapshot that a word of the command line names: an id, a prefix of it, or `latest`.
    func select(_ name: String, node: String? = nil, tags: [String] = []) async throws -> SnapshotView {
        try SelectSnapshot(node: node, tags: tags).select(name, among: try await repository.readSnapshots(catalog: catalog))
    }
}
