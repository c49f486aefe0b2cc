/// A thing that is backed up: one repository, one or more nodes, a policy.
package struct Cluster: Hashable, Sendable {
    /// What a snapshot may take as its base (`docs/DESIGN.md`, section 4).
    package enum TrustBase: String, Hashable, Sendable, CaseIterable {
        /// What this node itself committed and remembers.
        case witness
        /// Any snapshot of the source.
        case cluster
        /// Nothing: every snapshot is a full one.
        case none
    }

    package var name: String
    package var repository: RepositoryLocation
    /// The repository's id as `init` pinned it; nil until then.
    package var id: RepositoryID?
    package var isBackupOn: Bool
    package var trustBase: TrustBase
    /// Earlier names, which old headers may bear.
    package var was: [String]
    /// Bytes: the middle of the random size at which packs close.
    package var packSize: Int
    /// In the file's order.
    package var nodes: [Node]
    package var policy: Policy

    package static let defaultPackSize = 16 << 20
    /// Packs close at 3/4 to 5/4 of it, a chunk later at most, and no pack may exceed 256 MiB (`docs/FORMAT.md`, section 5).
    package static let packSizes = (1 << 20)...(128 << 20)

    package init(
        name: String, repository: RepositoryLocation, id: RepositoryID? = nil, isBackupOn: Bool = true,
        trustBase: TrustBase = .witness, was: [String] = [], packSize: Int = defaultPackSize, nodes: [Node] = [],
        policy: Policy = Policy()
    ) {
        self.name = name
        self.repository = repository
        self.id = id
        self.isBackupOn = isBackupOn
        self.trustBase = trustBase
        self.was = was
        self.packSize = packSize
        self.nodes = nodes
        self.policy = policy
    }

    package func node(named name: String) -> Node? { nodes.first { $0.name == name } }
}
