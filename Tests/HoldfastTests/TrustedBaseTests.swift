import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import Synchronization
import Testing

@Suite("What a snapshot may take as its base")
struct TrustedBaseTests {
    private func backUp(
        _ cluster: TestCluster, _ base: BackupRequest.Base, after seconds: Int64, witness: Witness? = nil
    ) async throws -> BackupSummary {
        var request = cluster.request([cluster.scratch.path + "/data"], after: seconds)
        request.base = base
        return try await Backup(
            repository: cluster.repository, keys: cluster.keys, witness: witness ?? cluster.witness,
            progress: BackupProgress()
        ).run(request)
    }

    /// A machine that has seen nothing of the repository yet.
    private func stranger(to cluster: TestCluster) throws -> Witness {
        try Witness(at: cluster.scratch.path + "/stranger/witness.sqlite", of: cluster.repository.id)
    }

    private func cluster() async throws -> TestCluster {
        let cluster = try await TestCluster()
        try cluster.scratch.write([1, 2, 3], to: "data/a")
        return cluster
    }

    @Test("W6: by default only what this machine itself committed and remembers")
    func remembered() async throws {
        let cluster = try await cluster()
        let first = try await backUp(cluster, .remembered, after: 0)
        let witness = try stranger(to: cluster)
        #expect(try await backUp(cluster, .remembered, after: 1, witness: witness).header.base == nil)
        #expect(try await backUp(cluster, .remembered, after: 2).header.base == first.snapshot)
    }

    @Test("where the cluster trusts all who write to it, the newest of the source, whoever committed it")
    func anyOfSource() async throws {
        let cluster = try await cluster()
        _ = try await backUp(cluster, .remembered, after: 0)
        let newest = try await backUp(cluster, .remembered, after: 1)
        _ = try await backUp(cluster, .remembered, after: 9_000)
        let summary = try await backUp(cluster, .anyOfSource, after: 2, witness: try stranger(to: cluster))
        #expect(summary.header.base == newest.snapshot)
        #expect(summary.figures.bytesRead == 0)
    }

    @Test("W13: nothing from before a barrier")
    func barrier() async throws {
        let cluster = try await cluster()
        _ = try await backUp(cluster, .remembered, after: 0)
        try await cluster.repository.appendToKeyLog(at: cluster.time, by: "test") { _ in .barrier }
        let summary = try await backUp(cluster, .anyOfSource, after: 1, witness: try stranger(to: cluster))
        #expect(summary.header.base == nil)
        #expect(summary.baseNotes.contains { $0.contains("rotate --fresh") })
    }

    @Test(
        "W13: a barrier that comes while a snapshot is written has it start over, under a fresh id and another key, without a base"
    )
    func barrierInMidRun() async throws {
        let cluster = try await cluster()
        let first = try await backUp(cluster, .remembered, after: 0)
        let begun = Mutex<[SnapshotID]>([])
        var request = cluster.request([cluster.scratch.path + "/data"], after: 1)
        request.beforeCommit = { [repository = cluster.repository, time = cluster.time] _ throws(HoldfastError) in
            let open = try await repository.readSnapshots().filter { $0.log.state == .open }.map(\.id)
            begun.withLock { $0 += open }
            guard try await repository.readKeyLog().log.newestBarrier == nil else { return }
            try await repository.appendToKeyLog(at: time, by: "test") { _ in .barrier }
        }
        let summary = try await cluster.backUp(request)
        let ids = begun.withLock { $0 }
        #expect(ids.count == 2 && ids[0] != ids[1] && ids[1] == summary.snapshot)
        #expect(summary.header.base == nil && summary.header.barrier == 2)
        #expect(try await cluster.repository.readSnapshot(ids[0])?.log.state == .aborted)
        let (before, after) = (try await cluster.open(first.snapshot), try await cluster.open(summary.snapshot))
        #expect(before.body.lineage.id != after.body.lineage.id)
        let packs = try #require(try await cluster.repository.readSnapshot(summary.snapshot)).packs
        #expect(packs.allSatisfy { $0.owner == summary.snapshot })
    }

    @Test("W13: an interrupted snapshot from before a barrier is given up, and nothing of it is taken over")
    func barrierWhileInterrupted() async throws {
        let cluster = try await TestCluster()
        let source = "/usr/share/zoneinfo"
        let open = try await cluster.interruptAtCheckpoint([source])
        try await cluster.repository.appendToKeyLog(at: cluster.time, by: "test") { _ in .barrier }
        let summary = try await cluster.backUp(cluster.request([source], after: 60))
        #expect(summary.snapshot != open.id && !summary.isResumed)
        #expect(try await cluster.repository.readSnapshot(open.id)?.log.state == .aborted)
        let packs = try #require(try await cluster.repository.readSnapshot(summary.snapshot)).packs
        #expect(packs.allSatisfy { $0.owner == summary.snapshot })
    }
}
