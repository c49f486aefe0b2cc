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
            return unreadable(
                cluster, Random.id(), .noRepository("\(cluster.repository) (cluster \(cluster.name) has no id)"), problem: "no-id"
            )
        }
        do {
            return try member(try await open(cluster), cluster, id)
        } catch {
            return unreadable(cluster, id, try Self.reason(error, for: cluster))
        }
    }

    /// Why a cluster could not be opened, as its store's answer to everything. Whatever it is, the others are read all the same: without the
    /// settings that reach its store, or without what this machine remembers of it, that one alone is unknown.
    private static func reason(_ error: any Error, for cluster: Cluster) throws -> StoreError {
        let failure = try Failure(passing: error)
        return switch error {
        case let error as StoreError: error
        case HoldfastError.object(let name, let error): .damaged(name, detail: "\(error)")
        case let error as WitnessError: .unavailable(cluster.repository.description, detail: "\(error)")
        case let failure as Failure where failure.status == .damaged: .damaged(.repository, detail: failure.what)
        default: .unavailable(cluster.repository.description, detail: failure.whatAndRemedy)
        }
    }

    private func member(
        _ context: ClusterContext, _ cluster: Cluster, _ id: RepositoryID
    ) throws -> ProjectRepositories.Member {
        let openings = OpeningMemoryFile(at: try session.openingsPath(of: id))
        return .init(
            context.repository, retention: cluster.retention, openings: openings, catalog: context.catalog,
            memory: { () throws(HoldfastError) in
                do throws(WitnessError) { return try context.witness.memory() } catch { throw .witness(error) }
            },
            keyLogMemory: { () throws(HoldfastError) in
                do throws(WitnessError) { return try context.witness.keyLog() } catch { throw .witness(error) }
            },
            observe: { (comparison) throws(HoldfastError) in
                do throws(WitnessError) { try context.witness.observe(comparison) } catch { throw .witness(error) }
            },
            laterEdition: { (edition) throws(HoldfastError) in
                do throws(WitnessError) { return try context.witness.later(than: edition) } catch { throw .witness(error) }
            })
    }

    private func unreadable(
        _ cluster: Cluster, _ id: RepositoryID, _ reason: StoreError, problem: String? = nil
    ) -> ProjectRepositories.Member {
        .init(
            Repository(
                id: id, store: UnreadableStore(reason), project: project.name, cluster: cluster.name,
                formerClusterNames: cluster.was), retention: cluster.retention, problem: problem)
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
