import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting

/// A cluster in memory with one active CMK, and a node that backs up to it.
struct TestCluster {
    let scratch: Scratch
    let store: MemoryStore
    let keyManager = FakeKeyManager()
    let keys: KeyManagers
    let repository: Repository
    let witness: Witness
    let time = Timestamp(seconds: 1_800_000_000)

    init(store: MemoryStore = MemoryStore()) async throws {
        self.store = store
        scratch = try Scratch()
        let id: RepositoryID = Random.id()
        keys = KeyManagers([keyManager], trusted: (1...9).compactMap { CMKPattern("fake:\($0)") })
        repository = Repository(id: id, store: store, project: "test", cluster: "default")
        witness = try Witness(at: scratch.path + "/witness/witness.sqlite", of: id)
        let cmk = keyManager.createCMK()
        try await repository.appendToKeyLog(at: time, by: "test") { _ in .roster([id]) }
        try await repository.appendToKeyLog(at: time, by: "test") { _ in .activate(cmk) }
    }

    func request(_ paths: [String], after seconds: Int64 = 0) -> BackupRequest {
        BackupRequest(
            node: "node", source: "default", contents: .paths(paths.map { Array($0.utf8) }, WalkFilter()),
            expires: time + seconds + 30 * 86_400, time: time + seconds, tool: "test")
    }

    func backUp(_ request: BackupRequest) async throws -> BackupSummary {
        try await Backup(repository: repository, keys: keys, witness: witness, progress: BackupProgress()).run(request)
    }

    func open(_ id: SnapshotID) async throws -> OpenedSnapshot {
        guard let view = try await repository.readSnapshot(id) else { throw StoreError.noRepository("\(id)") }
        return try await OpenedSnapshot.open(view, in: repository, with: keys)
    }

    /// All files of a snapshot, with their contents.
    func contents(_ id: SnapshotID) async throws -> [String: [UInt8]] { try await open(id).contents() }

    func content(of entry: Entry, in snapshot: OpenedSnapshot) async throws -> [UInt8] { try await snapshot.content(of: entry) }
}
