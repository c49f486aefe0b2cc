import HoldfastModel
import HoldfastStorage

extension ProjectContext {
    /// The directories of all repositories of the project, which no walk may descend into.
    func repositoryRoots() async throws -> Set<FileIdentity> {
        var roots: Set<FileIdentity> = []
        for cluster in project.clusters {
            guard case .directory(let path) = cluster.repository else { continue }
            do {
                roots.insert(try await DirectoryStore.open(at: path).rootIdentity)
            } catch StoreError.noRepository {
                continue
            }
        }
        return roots
    }
}
