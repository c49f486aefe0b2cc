package import HoldfastModel

/// Which object a container is: under its MAC, and in the label of each of its keys, so that none passes for another.
package struct ContainerIdentity: Hashable, Sendable {
    package let kind: ContainerKind
    package let repository: RepositoryID
    package let snapshot: SnapshotID

    package init(_ kind: ContainerKind, repository: RepositoryID, snapshot: SnapshotID) {
        self.kind = kind
        self.repository = repository
        self.snapshot = snapshot
    }

    /// `"holdfast/1 " ‖ label ‖ 0x00 ‖ kind ‖ repository ‖ snapshot` (`docs/FORMAT.md`, section 1).
    func info(_ label: String) -> [UInt8] {
        Array("holdfast/1 \(label)\0".utf8) + [kind.rawValue] + repository.bytes + snapshot.bytes
    }
}
