import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastModel

extension ProjectContext {
    /// All repositories of the project, for what concerns its keys. One that cannot be opened stays in the list and answers
    /// every call with the reason: what is not read is never counted as absent. So does that of a cluster whose id is missing: it
    /// may have been lost from the file, and the repository be full.
    func repositories() async throws -> ProjectRepositories {
        try await repositories(of: project.clusters)
    }

    /// Those that have an id: what `init` brings another repository into.
    func knownRepositories() async throws -> ProjectRepositories {
        try await repositories(of: project.clusters.filter { $0.id != nil })
    }

    private func repositories(of clusters: [Cluster]) async throws -> ProjectRepositories {
        var members: [ProjectRepositories.Member] = []
        for cluster in clusters { members.append(try await member(cluster)) }
        let clock: @Sendable () -> Timestamp = { SystemClock.now }
        return ProjectRepositories(
            members, recovery: Set(project.recovery), gone: Set(project.gone), localTime: SystemClock.now,
            clock: session.options.time == nil ? clock : nil)
    }

    private func member(_ cluster: Cluster) async throws -> ProjectRepositories.Member {
        guard let id = cluster.id else {
            return unreadable(cluster, Random.id(), .noRepository("\(cluster.repository) (cluster \(cluster.name) has no id)"))
        }
        let context: ClusterContext
        do {
            context = try await open(cluster)
        } catch let error as StoreError {
            return unreadable(cluster, id, error)
        } catch HoldfastError.object(let name, let error) {
            return unreadable(cluster, id, .damaged(name, detail: "\(error)"))
        } catch let error as WitnessError {
            // Without what this machine remembers nobody notices what is hidden: the others are read all the same.
            return unreadable(cluster, id, .unavailable(cluster.repository.description, detail: "\(error)"))
        } catch let failure as Failure where failure.status == .damaged {
            return unreadable(cluster, id, .damaged(.repository, detail: failure.what))
        }
        let openings = OpeningMemoryFile(at: try session.openingsPath(of: id))
        return .init(
            context.repository, retention: cluster.retention, openings: openings, catalog: context.catalog,
            memory: { () throws(HoldfastError) in
                do throws(WitnessError) { return try context.witness.memory() } catch { throw .witness(error) }
            },
            observe: { (comparison) throws(HoldfastError) in
                do throws(WitnessError) { try context.witness.observe(comparison) } catch { throw .witness(error) }
            },
            observeEdition: { (edition) throws(HoldfastError) in
                do throws(WitnessError) { return try context.witness.observe(edition) } catch { throw .witness(error) }
            })
    }

    private func unreadable(
        _ cluster: Cluster, _ id: RepositoryID, _ reason: StoreError
    ) -> ProjectRepositories.Member {
        .init(
            Repository(
                id: id, store: UnreadableStore(reason), project: project.name, cluster: cluster.name,
                formerClusterNames: cluster.was), retention: cluster.retention)
    }
}

extension Cluster {
    /// The groups are those that the project file has: of what else there is no schedule takes a snapshot.
    fileprivate var retention: ProjectReading.Retention {
        let sources = nodes.flatMap { node in
            node.sources.map { SnapshotGroup(cluster: name, node: node.name, source: $0.name) }
        }
        return .init(policy: policy, isBackupOn: isBackupOn, sources: Set(sources))
    }
}
