import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

/// No key ever seals twice under one nonce, whatever happens to a writer (`docs/FORMAT.md`, section 1).
@Suite("Keys and nonces")
struct NonceAuditTests {
    private static let nodes = ["one", "two"]
    /// Files that are old: young ones are read again.
    private static let source = "/usr/share/zoneinfo"

    private func request(_ cluster: TestCluster, node: String, after seconds: Int64) -> BackupRequest {
        let paths = [Array(Self.source.utf8)]
        return BackupRequest(
            node: node, source: "default", contents: .paths(paths, WalkFilter()), expires: cluster.time + 30 * 86_400,
            time: cluster.time + seconds, packByteCount: 64 << 10, checkpointByteCount: 100_000, tool: "test")
    }

    private func backUp(_ request: BackupRequest, to store: any ObjectStore, _ cluster: TestCluster) async throws -> BackupSummary
    {
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        return try await Backup(
            repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress()
        ).run(request)
    }

    /// Backs up as often as it takes: one call in so many fails, before or after it was done.
    private func persist(_ request: BackupRequest, to store: RecordingStore, _ cluster: TestCluster) async throws -> BackupSummary
    {
        for _ in 0..<100 {
            do {
                return try await backUp(request, to: store, cluster)
            } catch HoldfastError.store, HoldfastError.suspended(_, .store), HoldfastError.leftOpen(_, .store) {
                continue
            }
        }
        return try await backUp(request, to: RecordingStore(cluster.store), cluster)
    }

    @Test(
        "W3: every key and nonce of a life with lost answers, an interruption, two writers at once and a rotation in mid-run seals once"
    )
    func life() async throws {
        let cluster = try await TestCluster()
        let calm = RecordingStore(cluster.store)
        // Some calls fail, before or after they were done; of some creates nobody hears, and they are sent again.
        let faults = FaultyStore(DeafStore(cluster.store, deafTo: 5...6), FaultPlan(seed: 3, oneIn: 15))
        let stormy = RecordingStore(faults)
        await cluster.interruptAtCheckpoint(request(cluster, node: "one", after: 0), over: calm)
        let successor = cluster.keyManager.createCMK()
        var rotating = request(cluster, node: "one", after: 60)
        rotating.beforeCommit = { [repository = cluster.repository] _ throws(HoldfastError) in
            guard try await repository.readKeyLog().log.active != successor else { return }
            try await repository.appendToKeyLog(at: Timestamp(seconds: 1_800_000_000), by: "test") { _ in .activate(successor) }
        }
        let (first, second) = (rotating, request(cluster, node: "two", after: 0))
        async let one = persist(first, to: stormy, cluster)
        async let two = persist(second, to: stormy, cluster)
        let summaries = [try await one, try await two]
        #expect(summaries[0].header.envelopes.map(\.cmk).contains(successor))
        _ = try await persist(request(cluster, node: "one", after: 120), to: stormy, cluster)

        let written = calm.all + stormy.all
        let audit = try await SealAudit(of: written, in: cluster.repository, with: cluster.keys, nodes: Self.nodes)
        #expect(audit.faults.isEmpty, "\(audit.faults.prefix(10))")
        #expect(Set(audit.salts).count == audit.salts.count && audit.salts.count >= 5)
        #expect(audit.frameCount > 500 && audit.packKeys.count == audit.packCount)
        // Of a run that a fault ended, a pack may hold chunks that nothing came to refer to: of those packs the end is not looked at.
        for summary in summaries {
            let packs = try #require(try await cluster.repository.readSnapshot(summary.snapshot)).packs
            #expect(packs.contains { audit.wholePacks.contains($0.id) })
        }
        // Something failed, something was sent twice, and something was replaced: else this was no life.
        #expect(faults.account.injectedCount > 0 && written.count > Set(written).count)
        #expect(Set(written.map(\.name)).count < Set(written).count)
    }

    @Test("W3: two runs from one state share no salt, no pack key and no snapshot key")
    func twins() async throws {
        let cluster = try await TestCluster()
        let base = RecordingStore(cluster.store)
        _ = try await backUp(request(cluster, node: "one", after: 0), to: base, cluster)
        let shared = try await SealAudit(of: base.all, in: cluster.repository, with: cluster.keys, nodes: Self.nodes)
        var audits: [SealAudit] = []
        for twin in 0..<2 {
            let copy = MemoryStore()
            for name in cluster.store.names { try await copy.create(name, try await cluster.store.read(name)) }
            let store = RecordingStore(copy)
            let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
            let witness = try Witness(at: cluster.scratch.path + "/twin-\(twin)/witness.sqlite", of: cluster.repository.id)
            var request = request(cluster, node: "one", after: 60)
            request.base = .none
            _ = try await Backup(repository: repository, keys: cluster.keys, witness: witness, progress: BackupProgress())
                .run(request)
            audits.append(try await SealAudit(of: store.all, in: repository, with: cluster.keys, nodes: Self.nodes))
        }
        // Nothing ended these runs: all that they stored was looked at to its last byte.
        for audit in [shared] + audits {
            #expect(audit.packCount > 0 && audit.wholePacks.count == audit.packCount)
        }
        for (one, other) in [(audits[0], audits[1]), (audits[0], shared), (audits[1], shared)] {
            #expect(Set(one.salts).isDisjoint(with: other.salts) && !one.salts.isEmpty)
            #expect(one.packKeys.isDisjoint(with: other.packKeys) && !one.packKeys.isEmpty)
            #expect(one.snapshotKeys.isDisjoint(with: other.snapshotKeys) && !one.snapshotKeys.isEmpty)
        }
    }
}
