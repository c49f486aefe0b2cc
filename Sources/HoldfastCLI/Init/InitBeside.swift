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
        let initialization = InitializeRepository(besides: try await standing.knownRepositories(), keys: project.keys)
        let store = try await OpenedStore.create(cluster.repository, project.project.s3, project.aws)
        let active = try await activeCMK(of: standing, in: store, of: cluster, initialization)
        let new = try await initialization.run(
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

    /// The CMK that is active in the project's other clusters; where there is none yet, the one that was named. Where none was, the one
    /// that is active in what stands in the place of this cluster, if that is the project's own, whose id was lost; else the first one of
    /// the keyring. Throws where something stands there that may be another project's.
    private func activeCMK(
        of project: ProjectContext, in store: OpenedStore, of cluster: Cluster, _ initialization: InitializeRepository
    ) async throws -> CMK {
        for cluster in project.project.clusters where cluster.id != nil {
            if let cmk = try await project.open(cluster).repository.readKeyLog().log.active { return cmk }
        }
        if let cmk { return try await project.keys.manager(of: cmk).describe(cmk).cmk }
        let name = project.project.name
        let own = try await InitializeRepository.activeCMK(in: store.objects, project: name, cluster: cluster.name)
        if let own {
            if try await isOwn(store, by: own, project, cluster, initialization) { return own }
            // Before a keyring is missed that this project may have none of.
            try await initialization.refuseAnothers(store.objects, project: name, cluster: cluster.name, activating: nil)
        }
        guard let first = try await project.keyring.list().first(where: { $0.state == .enabled }) else {
            throw Failure(
                .failed, "the project has no CMK", project.file, "make one: holdfast keys create, or name one: --cmk URI")
        }
        return first.cmk
    }

    /// Whether what stands in the store, with `cmk` active in it, is this project's for sure. The local keyring has on record which project
    /// a CMK is of, and shows no other's; another key manager may well serve two projects, whose patterns both match.
    private func isOwn(
        _ store: OpenedStore, by cmk: CMK, _ project: ProjectContext, _ cluster: Cluster, _ initialization: InitializeRepository
    ) async throws -> Bool {
        guard await project.keys.state(of: cmk) == .enabled else { return false }
        if cmk.scheme == project.keyring.scheme { return true }
        return try await initialization.isOwn(
            store.objects, project: project.project.name, cluster: cluster.name, formerly: cluster.was)
    }
}
