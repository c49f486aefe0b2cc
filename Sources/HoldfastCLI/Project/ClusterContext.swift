import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// One cluster, opened: its repository is the one that the project file names.
struct ClusterContext: Sendable {
    let project: Project
    let cluster: Cluster
    let store: OpenedStore
    let repository: Repository
    let keys: KeyManagers
    let witness: Witness
    let catalog: Catalog
    /// The store's clock, or `--time`.
    let now: Timestamp
    private let isTimeGiven: Bool
    private let use: StoreUse
    private let note: @Sendable (String) -> Void
    /// None where a time was given by hand.
    private let clockSkew: ClockSkew
    let hostName: String

    /// Where nothing is decided by what it shows, a description that is damaged is passed over, with a note. Nothing in it is trusted: the
    /// project file has the id.
    init(_ context: ProjectContext, _ cluster: Cluster, for use: StoreUse = .deciding) async throws {
        let session = context.session
        self.use = use
        note = { text in session.note("holdfast: \(text)") }
        store = try await OpenedStore.open(cluster.repository, context.project.s3, context.aws, for: use)
        guard let id = cluster.id else {
            throw Failure(.usage, sentence: "cluster \(cluster.name) has no id", about: cluster.name, "run holdfast init")
        }
        do {
            try await Self.check(store, bears: id, cluster)
        } catch let failure as DamagedDescription {
            guard use != .deciding else { throw failure.failure }
            session.note("\(failure.failure.line); read on as repository \(id), as the project file says")
        }
        project = context.project
        self.cluster = cluster
        keys = context.keys
        hostName = session.hostName
        repository = Repository(
            id: id, store: store.objects, project: context.project.name, cluster: cluster.name, formerClusterNames: cluster.was)
        witness = try Self.witness(of: id, session, for: use)
        let cache = use == .deciding ? try session.cachePath(of: id) : try? session.cachePath(of: id)
        catalog = Catalog(at: cache, of: id) { error in
            if session.options.isVerbose { session.note(error.description) }
        }
        let time = try await store.objects.now()
        clockSkew = ClockSkew(seconds: session.options.time == nil ? time - SystemClock.now : 0)
        now = session.options.time ?? time
        isTimeGiven = session.options.time != nil
    }

    /// Holds what is read against what this machine remembers.
    var watch: WitnessWatch {
        var watch = WitnessWatch(
            witness, policy: cluster.policy, at: now, isTimeGiven: isTimeGiven, localTime: SystemClock.now)
        guard use != .deciding else { return watch }
        watch.noteUnkept = { [note] error in
            note(
                "what was read is not remembered on this machine (\(error)): where that cannot be mended, copy the witness into a directory "
                    + "that can be written, and name it with XDG_STATE_HOME")
        }
        return watch
    }

    /// A machine that can keep nothing reads all the same, and says what it does without. What is given back is held against no witness.
    private static func witness(of id: RepositoryID, _ session: Session, for use: StoreUse) throws -> Witness {
        guard use != .deciding else { return try Witness(at: try session.statePath(of: id), of: id) }
        let isNeeded = use == .telling
        return try Witness(forReadingAt: try? session.statePath(of: id), of: id, isNeeded: isNeeded) { reason in
            session.note(
                "holdfast: this machine remembers nothing of the repository, and cannot begin to (\(reason)): name a directory that can be "
                    + "written with XDG_STATE_HOME")
        }
    }

    /// Before a snapshot or a prune: a wrong clock would stamp wrong dates.
    func requireAgreeingClocks() throws {
        guard !clockSkew.isTolerable else { return }
        throw Failure(
            .failed, sentence: "this machine's clock and the store's of cluster \(cluster.name) differ by \(clockSkew)",
            about: cluster.name,
            "set the clock, then run it again")
    }

    /// Throws `DamagedDescription` where it says nothing at all, rather than that this is another repository, or of a newer format.
    private static func check(_ store: OpenedStore, bears pinned: RepositoryID, _ cluster: Cluster) async throws {
        let description: RepositoryDescription
        do {
            description = try RepositoryDescription(parsing: try await store.objects.read(.repository))
        } catch StoreError.notFound {
            throw StoreError.noRepository(store.place)
        } catch StoreError.damaged(_, let detail) {
            throw DamagedDescription(detail: detail)
        } catch let error as FormatError where !error.isNewer {
            throw DamagedDescription(detail: "\(error)")
        } catch let error as FormatError {
            throw HoldfastError.object(.repository, error)
        }
        guard pinned == description.repository else {
            throw Failure(
                .damaged, "this is repository \(description.repository), not \(pinned) as the project file says", store.place,
                "put the right one there, or correct id: of cluster \(cluster.name)")
        }
    }
}

/// A description of a repository that cannot be read.
private struct DamagedDescription: Error {
    let detail: String

    var failure: Failure {
        Failure(
            .damaged, detail, ObjectName.repository.text,
            "take that file away, then have it written anew: holdfast check --repair")
    }
}

extension Session {
    func statePath(of id: RepositoryID) throws -> String {
        try stateDirectory(of: id) + "/" + Witness.fileName
    }

    /// Of the project whose file's name has this hash.
    func alertsPath(of project: String) throws -> String {
        try stateRoot() + "/alerts-\(project.prefix(32)).sqlite"
    }

    func openingsPath(of id: RepositoryID) throws -> String {
        try stateDirectory(of: id) + "/openings.sqlite"
    }

    func cachePath(of id: RepositoryID) throws -> String {
        try cacheDirectory(of: id) + "/catalog.sqlite"
    }

    func stateDirectory(of id: RepositoryID) throws -> String { try stateRoot() + "/\(id)" }

    /// Of all that must outlive a run.
    func stateRoot() throws -> String { try directory("XDG_STATE_HOME", ".local/state") + "/holdfast" }

    func cacheDirectory(of id: RepositoryID) throws -> String { try directory("XDG_CACHE_HOME", ".cache") + "/holdfast/\(id)" }

    /// The XDG specification has relative paths ignored.
    private func directory(_ name: String, _ fallback: String) throws -> String {
        if let directory = variable(name), LexicalPath.isAbsolute(directory) { return directory }
        guard let home = variable("HOME") else {
            throw Failure(.failed, "no place for local state: \(name) and HOME are not set", "", "set one of them")
        }
        return "\(home)/\(fallback)"
    }
}
