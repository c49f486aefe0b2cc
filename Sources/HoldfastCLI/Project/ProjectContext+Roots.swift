import HoldfastModel
import HoldfastStorage

extension ProjectContext {
    /// The directories of all repositories of the project, which no walk may descend into. What the system does not even look at no walk
    /// enters either: another cluster's dead file system keeps none from being backed up.
    func repositoryRoots() -> Set<FileIdentity> {
        var roots: Set<FileIdentity> = []
        for cluster in project.clusters {
            guard let path = cluster.repository.directory else { continue }
            do {
                roots.formUnion(try FileIdentity.target(of: path))
            } catch {
                session.note(
                    "holdfast: the repository of cluster \(cluster.name) cannot be looked at (\(error.reason)): \(path): nobody knows "
                        + "whether it lies in what is backed up")
            }
        }
        return roots
    }
}
