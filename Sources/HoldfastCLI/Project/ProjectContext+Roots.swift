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
