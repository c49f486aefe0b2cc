import Holdfast
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// What comes from the store is a name, never an address.
@Suite("Keys that somebody else chose")
struct ForeignKeyTests {
    /// A key manager that works, and that the project does not list a CMK of.
    private func intruder(beside cluster: TestCluster) -> (FakeKeyManager, CMK, KeyManagers) {
        let manager = FakeKeyManager(scheme: "evil")
        let trusted = [CMKPattern("fake:1")].compactMap(\.self)
        return (manager, manager.createCMK(), KeyManagers([cluster.keyManager, manager], trusted: trusted))
    }

    @Test("W1: a CMK that a key-log record names and the project does not list wraps nothing, and its key manager is not asked")
    func keyLog() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "a")
        let (manager, cmk, keys) = intruder(beside: cluster)
        try await cluster.repository.appendToKeyLog(at: cluster.time, by: "somebody") { _ in .activate(cmk) }
        let backup = Backup(
            repository: cluster.repository, keys: keys, witness: cluster.witness, progress: BackupProgress())
        let request = cluster.request([source.path])
        await #expect {
            try await backup.run(request)
        } throws: {
            if case HoldfastError.untrusted(cmk) = $0 { true } else { false }
        }
        #expect(manager.calls.isEmpty)
        #expect(cluster.store.names.allSatisfy { $0.text.hasPrefix("keys/") })
    }

    @Test("W1: an envelope under a CMK that the project does not list is refused unasked, in the header or in a record")
    func envelope() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "a")
        let id = try await cluster.backUp(cluster.request([source.path])).snapshot
        let (manager, cmk, keys) = intruder(beside: cluster)
        let forged = Envelope(cmk: cmk, wrapped: Random.bytes(32), created: cluster.time)
        try await cluster.repository.append(to: id, at: cluster.time, by: "somebody") { _ in .envelope(forged) }
        cluster.keyManager.set(.unreachable)
        let view = try #require(try await cluster.repository.readSnapshot(id))
        await #expect {
            try await OpenedSnapshot.open(view, in: cluster.repository, with: keys)
        } throws: { error in
            guard case HoldfastError.cannotOpen(_, let refusals) = error, refusals.count == 2 else { return false }
            if case .untrusted(cmk) = refusals[1].reason { return true } else { return false }
        }
        #expect(manager.calls.isEmpty)
    }
}
