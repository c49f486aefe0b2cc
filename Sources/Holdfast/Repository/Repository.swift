package import HoldfastModel

/// One cluster's repository: where its objects are, and under which names its keys are bound.
package struct Repository: Sendable {
    package let id: RepositoryID
    package let store: any ObjectStore
    package let project: String
    package let cluster: String
    /// Earlier names of the cluster, under which older snapshots were bound (`was:`).
    package let formerClusterNames: [String]

    package init(
        id: RepositoryID, store: any ObjectStore, project: String, cluster: String, formerClusterNames: [String] = []
    ) {
        self.id = id
        self.store = store
        self.project = project
        self.cluster = cluster
        self.formerClusterNames = formerClusterNames
    }

    /// What a snapshot key of this repository is bound to. A manifest that names another cluster than the configured one, or
    /// one of its earlier names, is refused.
    package func context(
        of snapshot: SnapshotID, cluster: String, node: String, kind: EncryptionContext.Kind
    ) throws(HoldfastError) -> EncryptionContext {
        guard cluster == self.cluster || formerClusterNames.contains(cluster) else {
            throw .refused(
                "snapshot \(snapshot) says that it is of cluster \(cluster), not \(self.cluster)", object: "\(snapshot)",
                remedy: "if the cluster was renamed, list \(cluster) under was: in the project file")
        }
        return EncryptionContext(
            project: project, cluster: cluster, repository: id, snapshot: snapshot, node: node, kind: kind)
    }

    /// By the store's clock.
    func now() async throws(HoldfastError) -> Timestamp {
        do { return try await store.now() } catch { throw .store(error) }
    }

    /// The object's bytes. Throws `.missing` with what it is needed for where there is none.
    package func read(_ name: ObjectName, neededFor purpose: String) async throws(HoldfastError) -> [UInt8] {
        do {
            return try await store.read(name)
        } catch .notFound {
            throw .missing(name, needed: purpose)
        } catch {
            throw .store(error)
        }
    }

    /// Many small objects, in the order of their names.
    func read(all names: [ObjectName], neededFor purpose: String) async throws(HoldfastError) -> [[UInt8]] {
        do {
            return try await store.read(all: names)
        } catch .notFound(let name) {
            throw .missing(name, needed: purpose)
        } catch {
            throw .store(error)
        }
    }
}
