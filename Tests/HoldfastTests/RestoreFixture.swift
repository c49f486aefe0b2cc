import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting

/// A repository in memory with one CMK, and snapshots in it: real ones, or crafted ones that no backup would write.
final class RestoreFixture {
    static let time = Timestamp(seconds: 1_801_418_400)

    let store = MemoryStore()
    let repository: Repository
    let keys: KeyManagers
    let cmk: CMK

    init(wrapping wrap: (MemoryStore) -> any ObjectStore = { $0 }) throws {
        let manager = FakeKeyManager()
        cmk = manager.createCMK()
        guard let pattern = CMKPattern(cmk.uri) else { preconditionFailure("a URI is a pattern") }
        keys = KeyManagers([manager], trusted: [pattern])
        repository = Repository(id: Random.id(), store: wrap(store), project: "p", cluster: "c")
    }

    func open(_ id: SnapshotID) async throws -> OpenedSnapshot {
        guard let view = try await repository.readSnapshot(id) else { throw HoldfastError.noSuchSnapshot("\(id)") }
        return try await OpenedSnapshot.open(view, in: repository, with: keys)
    }

    /// A snapshot of a real tree.
    func backup(_ path: String, witness: String) async throws -> OpenedSnapshot {
        if try await repository.readKeyLog().log.active == nil {
            try await repository.appendToKeyLog(at: Self.time, by: "n") { _ in .roster([self.repository.id]) }
            try await repository.appendToKeyLog(at: Self.time, by: "n") { _ in .activate(self.cmk) }
        }
        let backup = Backup(
            repository: repository, keys: keys, witness: try Witness(at: witness, of: repository.id), progress: BackupProgress())
        let request = BackupRequest(
            node: "n", source: "s", contents: .paths([Array(path.utf8)], WalkFilter()), expires: nil, time: Self.time,
            packByteCount: 1 << 20, tool: "test")
        return try await open(try await backup.run(request).snapshot)
    }
}
