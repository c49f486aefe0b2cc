import Holdfast
import HoldfastCatalog
import HoldfastModel
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

    @Test("by default only what this machine itself committed and remembers")
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

    @Test("nothing from before a barrier")
    func barrier() async throws {
        let cluster = try await cluster()
        _ = try await backUp(cluster, .remembered, after: 0)
        try await cluster.repository.appendToKeyLog(at: cluster.time, by: "test") { _ in .barrier }
        let summary = try await backUp(cluster, .anyOfSource, after: 1, witness: try stranger(to: cluster))
        #expect(summary.header.base == nil)
        #expect(summary.baseNotes.contains { $0.contains("rotate --fresh") })
    }
}
