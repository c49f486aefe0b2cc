import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `init` beside an existing project file: creates the repositories that are missing, enters them in every roster, and adds
/// their ids to the file.
struct InitBeside {
    let session: Session
    /// The one to make active in a project that has none active yet, where it was named.
    let cmk: CMK?

    func run() async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let missing = project.project.clusters.filter { $0.id == nil }
        guard !missing.isEmpty else {
            throw Failure(
                .usage, "every cluster has its repository already", project.file, "for another project name a new file: --project"
            )
        }
        for cluster in missing { try await create(cluster, in: project) }
        return .done
    }

    private func create(_ cluster: Cluster, in project: ProjectContext) async throws {
        // Read anew for each: the one before is a member now.
        let standing = try ProjectContext(session)
        let others = try await standing.knownRepositories()
        let store = try await OpenedStore.create(cluster.repository, project.project.s3, project.aws)
        let active = try await activeCMK(of: standing, in: store, of: cluster)
        let new = try await InitializeRepository(besides: others, keys: project.keys).run(
            store: store.objects, project: project.project.name, cluster: cluster.name, activate: active,
            at: session.now, by: session.hostName)
        try ProjectFileWriter.addIDs(
            [cluster.name: new.id], to: session.absolute(project.file), workingDirectory: session.workingDirectory)
        if session.options.isJSON {
            try session.output.print([
                "message_type": "initialized", "cluster": .string(cluster.name), "repository": .string(store.place),
                "id": .text(new.id),
                "cmk": .text(new.active),
            ])
        } else {
            try session.output.print("cluster \(cluster.name): repository \(store.place), id \(new.id), CMK \(new.active) active")
        }
    }

    /// The CMK that is active in the project's other clusters; where there is none yet, the one that is active in what stands in the place
    /// of this one, if a key manager of the project has it: then the repository is its own, whose id was lost. Else the one that was named,
    /// or the first one of the keyring.
    private func activeCMK(of project: ProjectContext, in store: OpenedStore, of cluster: Cluster) async throws -> CMK {
        for cluster in project.project.clusters where cluster.id != nil {
            if let cmk = try await project.open(cluster).repository.readKeyLog().log.active { return cmk }
        }
        let own = try await InitializeRepository.activeCMK(
            in: store.objects, project: project.project.name, cluster: cluster.name)
        if let own, await project.keys.state(of: own) == .enabled { return own }
        if let cmk { return try await project.keys.manager(of: cmk).describe(cmk).cmk }
        guard let first = try await project.keyring.list().first(where: { $0.state == .enabled }) else {
            throw Failure(
                .failed, "the project has no CMK", project.file, "make one: holdfast keys create, or name one: --cmk URI")
        }
        return first.cmk
    }
}
