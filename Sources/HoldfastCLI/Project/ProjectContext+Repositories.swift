import Holdfast
import HoldfastCatalog
import HoldfastModel

extension ProjectContext {
    /// All repositories of the project, for what concerns its keys. One that cannot be opened stays in the list and answers
    /// every call with the reason: what is not read is never counted as absent.
    func repositories() async throws -> ProjectRepositories {
        var members: [ProjectRepositories.Member] = []
        for cluster in project.clusters {
            guard let id = cluster.id else { continue }
            members.append(try await member(cluster, id))
        }
        return ProjectRepositories(members, recovery: Set(project.recovery), gone: Set(project.gone))
    }

    private func member(_ cluster: Cluster, _ id: RepositoryID) async throws -> ProjectRepositories.Member {
        let retention = ProjectReading.Retention(policy: cluster.policy, isBackupOn: cluster.isBackupOn)
        let context: ClusterContext
        do {
            context = try await open(cluster)
        } catch let error as StoreError {
            return .init(
                Repository(
                    id: id, store: UnreadableStore(error), project: project.name, cluster: cluster.name,
                    formerClusterNames: cluster.was), retention: retention)
        }
        let openings = OpeningMemoryFile(at: try session.openingsPath(of: id))
        return .init(context.repository, retention: retention, openings: openings, catalog: context.catalog) {
            () throws(HoldfastError) in
            do throws(WitnessError) { return try context.witness.memory() } catch { throw .witness(error) }
        }
    }
}
