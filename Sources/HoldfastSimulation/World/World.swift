import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting

/// All that one history happens to: stores, a key manager, a clock, and the ledger that watches.
struct World: Sendable {
    struct Site: Sendable {
        let cluster: String
        let store: MemoryStore
        /// What the processes reach: the store, or one that breaks its word.
        let reached: any ObjectStore
        let id: RepositoryID
    }

    static let project = "simulation"

    let clock: ManualClock
    let keyManager: FakeKeyManager
    let ledger: Ledger
    let policy: Policy
    /// Whether the newest snapshots stay whatever their dates say.
    let isGuarded: Bool
    let contents: Contents
    private(set) var sites: [Site] = []

    init(siteCount: Int, grace: Period, isGuarded: Bool, contents: Contents) {
        let clock = ManualClock()
        self.clock = clock
        keyManager = FakeKeyManager { clock.now }
        ledger = Ledger(siteCount: siteCount, grace: grace, clock: clock)
        policy = Policy(grace: grace)
        self.isGuarded = isGuarded
        self.contents = contents
    }

    /// Brings the next cluster into the project, as `init` does.
    mutating func addSite(activating cmk: CMK, breaking breakage: Breakage?) async throws(HoldfastError) {
        let (store, cluster, author) = (MemoryStore(clock: clock), "cluster\(sites.count)", Author(name: "init"))
        let watched = WatchedStore(base: store, ledger: ledger, site: sites.count, author: author)
        let others = sites.enumerated().map { number, site in
            ProjectRepositories.Member(repository(number, over: watchedStore(number, by: author)))
        }
        let keys = KeyManagers([keyManager], trusted: Self.trusted)
        let new = try await InitializeRepository(besides: ProjectRepositories(others), keys: keys).run(
            store: watched, project: Self.project, cluster: cluster, activate: cmk, at: clock.now, by: author.name)
        sites.append(Site(cluster: cluster, store: store, reached: breakage?.over(store) ?? store, id: new.id))
    }

    static let trusted = (1...20).compactMap { CMKPattern("fake:\($0)") }

    func repository(_ site: Int, over store: any ObjectStore) -> Repository {
        Repository(id: sites[site].id, store: store, project: Self.project, cluster: sites[site].cluster)
    }

    func watchedStore(_ site: Int, by author: Author) -> WatchedStore {
        WatchedStore(base: sites[site].reached, ledger: ledger, site: site, author: author)
    }

    /// CMKs whose waiting period has passed are gone.
    func destroyDueKeys() async {
        do throws(KeyManagerError) {
            for key in try await keyManager.list() where key.state == .pendingDeletion {
                if let date = key.deletionDate, date <= clock.now { keyManager.set(key.cmk, .deleted) }
            }
        } catch {
            ledger.report("the key manager: \(error)")
        }
    }
}
