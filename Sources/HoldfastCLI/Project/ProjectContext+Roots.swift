import HoldfastModel
import HoldfastStorage

extension ProjectContext {
    /// The directories of all repositories of the project, which no walk may descend into. What the system does not even look at no walk
    /// enters either: another cluster's dead file system keeps none from being backed up.
    func repositoryRoots() -> Set<FileIdentity> {
        var roots: Set<FileIdentity> = []
        for cluster in project.clusters {
            guard case .directory(let path) = cluster.repository else { continue }
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

    /// What no restore removes, whatever the snapshot has in its place: repositories, the project file, the keyring and its passphrase, and the
    /// state of this machine.
    func spared() throws -> Set<FileIdentity> {
        let local = project.keyManagers.local
        var paths = [session.absolute(file), local.keyring, try session.stateRoot()]
        paths += [local.passphraseFile, session.options.passphraseFile.map(session.absolute)].compactMap(\.self)
        for case .directory(let path) in project.clusters.map(\.repository) { paths.append(path) }
        var spared: Set<FileIdentity> = []
        for path in paths { spared.formUnion(try FileIdentity.all(at: path)) }
        return spared
    }
}
