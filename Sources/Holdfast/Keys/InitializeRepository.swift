import HoldfastCrypto
import HoldfastFormat
package import HoldfastModel

/// Brings a repository into a project, the first or one more (`docs/PROTOCOL.md`, K6). Nothing can be backed up to it before
/// the last step, and whoever dies on the way blocks nobody: anybody may run it again.
package struct InitializeRepository: Sendable {
    private let others: ProjectRepositories
    private let keys: KeyManagers

    /// `others`: all repositories that the project has so far.
    package init(besides others: ProjectRepositories, keys: KeyManagers) {
        self.others = others
        self.keys = keys
    }

    package struct Outcome: Sendable {
        package let id: RepositoryID
        package let active: CMK
    }

    /// Creates what is missing, and makes `cmk` active in the end unless another is active there already that this project made so.
    package func run(
        store: any ObjectStore, project: String, cluster: String, activate cmk: CMK, at time: Timestamp, by node: String
    ) async throws(HoldfastError) -> Outcome {
        try await refuseAnothers(store, project: project, cluster: cluster, activating: cmk)
        let id = try await describe(store, project: project, cluster: cluster, at: time)
        let new = Repository(id: id, store: store, project: project, cluster: cluster)
        try await keys.validate(cmk, for: new, by: node)
        // 1. A key log in which nothing is active, and which names all: whoever knows of this repository alone must learn that there are others.
        let roster = Set(others.repositories.map(\.id) + [id]).sorted()
        try await new.appendToKeyLog(at: time, by: node) { $0.records.isEmpty ? .roster(roster) : nil }
        // 2. The roster of every other log; only then are those logs read.
        let whole = ProjectRepositories(
            others.members + [.init(new)], recovery: others.recovery, gone: others.gone)
        let rest = others.repositories
        // Nothing is appended where one of them is not what this machine remembers.
        _ = try await whole.readKeyLogs()
        for repository in rest {
            try await whole.append(to: repository, at: time, by: node) { log in
                log.roster.contains(id) ? nil : .roster([id])
            }
        }
        // 3. and 4.
        let logs = try await whole.readKeyLogs()
        let known = KeyLogUnion(logs.filter { $0.key != id })
        try await copy(known, roster: Set(rest.map(\.id)), to: new, in: whole, at: time, by: node)
        // 5.
        try await keys.recordUse(of: cmk, by: new)
        let log = try await whole.append(to: new, at: time, by: node) { log throws(HoldfastError) in
            if log.active != nil { return nil }
            guard !known.retired.contains(cmk), !log.isRetired(cmk), !log.leaving.contains(cmk) else {
                throw .refused(
                    "\(cmk) is retired in this project, for good", object: cmk.uri, remedy: "name the CMK that is active in it")
            }
            return .activate(cmk)
        }
        guard let active = log.active else { throw .noActiveCMK(cluster: cluster) }
        return Outcome(id: id, active: active)
    }

    /// Throws where another project uses what stands in a store: a CMK is active there, and it is neither the one that is to be, nor has a
    /// roster of this project the repository. `cmk`: nil for one that is still to be made.
    package func refuseAnothers(
        _ store: any ObjectStore, project: String, cluster: String, activating cmk: CMK?
    ) async throws(HoldfastError) {
        guard let standing = try await Self.standing(in: store, project: project, cluster: cluster) else { return }
        let id = standing.id
        guard let active = try await standing.readKeyLog().log.active, active != cmk else { return }
        guard try await !others.readKeyLogs().values.contains(where: { $0.roster.contains(id) }) else { return }
        throw .refused(
            "repository \(id) belongs to a project already, in which \(active) is active", object: "\(id)",
            remedy:
                "copy the project file and the keyring of that project, or name another place for this one; if it is this one's own: "
                + "holdfast init --cmk \(active.shellWord)")
    }

    /// The CMK that is active in what stands in a store; nil where nothing stands there, or none is.
    package static func activeCMK(
        in store: any ObjectStore, project: String, cluster: String
    ) async throws(HoldfastError) -> CMK? {
        try await standing(in: store, project: project, cluster: cluster)?.readKeyLog().log.active
    }

    /// Whether the snapshots of what stands in a store show that it is this project's: the newest opens under the names of the project and
    /// the cluster, or there is none, and none in progress. What does not open may be damaged, or its CMK out of reach: then nobody knows.
    package func isOwn(
        _ store: any ObjectStore, project: String, cluster: String, formerly names: [String] = []
    ) async throws(HoldfastError) -> Bool {
        guard let standing = try await Self.standing(in: store, project: project, cluster: cluster, formerly: names) else {
            return true
        }
        var (newest, isEmpty): (SnapshotView?, Bool) = (nil, true)
        try await standing.forEachSnapshot { (view) throws(HoldfastError) in
            if view.log.exists || view.log.state == .open { isEmpty = false }
            guard view.log.exists, let time = view.log.header?.time else { return }
            if let known = newest?.log.header?.time, known >= time { return }
            newest = view.withoutPackTable
        }
        guard let view = newest else { return isEmpty }
        do throws(HoldfastError) {
            _ = try await OpenedSnapshot.open(view, in: standing, with: keys)
            return true
        } catch {
            switch error {
            case .store, .interrupted: throw error
            default: return false
            }
        }
    }

    private static func standing(
        in store: any ObjectStore, project: String, cluster: String, formerly names: [String] = []
    ) async throws(HoldfastError) -> Repository? {
        let description: [UInt8]
        do throws(StoreError) {
            description = try await store.read(.repository)
        } catch .notFound {
            return nil
        } catch {
            throw .store(error)
        }
        return Repository(
            id: try id(in: description), store: store, project: project, cluster: cluster, formerClusterNames: names)
    }

    /// Retirements and announcements of the other logs, so that what may be deleted elsewhere is never used here.
    private func copy(
        _ known: KeyLogUnion, roster: Set<RepositoryID>, to new: Repository, in whole: ProjectRepositories,
        at time: Timestamp, by node: String
    ) async throws(HoldfastError) {
        try await whole.append(to: new, at: time, by: node) { log in
            let missing = roster.subtracting(log.roster)
            if !missing.isEmpty { return .roster(missing.sorted()) }
            if let cmk = known.retired.sorted().first(where: { log.active != $0 && !log.isRetired($0) }) { return .retire(cmk) }
            let announced = Set(log.announcements.map(\.id))
            if let announcement = known.announcements.first(where: { !announced.contains($0.id) }) {
                return .announce(announcement)
            }
            return known.approved.sorted().first(where: log.awaitsDecision).map { .approve($0) }
        }
    }

    /// `holdfast.json`, which is created once; where it stands already, the id that it has.
    private func describe(
        _ store: any ObjectStore, project: String, cluster: String, at time: Timestamp
    ) async throws(HoldfastError) -> RepositoryID {
        let unnamed = Repository(id: Random.id(), store: store, project: project, cluster: cluster)
        let description = RepositoryDescription(repository: unnamed.id, created: time)
        if try await unnamed.create(.repository, description.encoded) { return unnamed.id }
        return try Self.id(in: try await unnamed.read(.repository, neededFor: "the repository's id"))
    }

    private static func id(in description: [UInt8]) throws(HoldfastError) -> RepositoryID {
        do { return try RepositoryDescription(parsing: description).repository } catch { throw .object(.repository, error) }
    }
}

/// What several key logs say together of CMKs that are never to be active again.
private struct KeyLogUnion {
    /// Retired, announced, scheduled or deleted anywhere.
    let retired: Set<CMK>
    /// Those that stand, by id.
    let announcements: [Announcement]
    let approved: Set<AnnouncementID>

    init(_ logs: [RepositoryID: KeyLog]) {
        retired = logs.values.reduce(into: []) { $0.formUnion($1.leaving.union($1.retired.keys)) }
        let withdrawn = logs.values.reduce(into: Set()) { $0.formUnion($1.withdrawn) }
        let standing = logs.values.flatMap(\.announcements).filter { !withdrawn.contains($0.id) }
        announcements = Dictionary(standing.map { ($0.id, $0) }) { first, _ in first }.values.sorted { $0.id < $1.id }
        approved = logs.values.reduce(into: Set()) { $0.formUnion($1.approved) }
    }
}
