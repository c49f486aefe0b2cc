import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A project's status")
struct StatusTests {
    private func reading(_ cluster: TestCluster) async throws -> RepositoryReading {
        let watch = WitnessWatch(cluster.witness, policy: Policy(), at: cluster.time)
        return try await ReadRepository(cluster.repository, watch: watch, catalog: nil).run()
    }

    private func member(_ cluster: TestCluster, _ name: String) async throws -> ProjectStatus.Member {
        ProjectStatus.Member(name: name, isBackupOn: true, reading: try await reading(cluster))
    }

    @Test("a cluster shows its newest snapshot, and no rotation where none is under way")
    func sound() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1], to: "a")
        let id = try await cluster.backUp(cluster.request([source.path])).snapshot
        let status = ProjectStatus([try await member(cluster, "one")])
        #expect(status.rotation == nil)
        #expect(status.members[0].reading?.newest?.id == id)
    }

    @Test("a cluster without the newest CMK, and a writer from before it, keep the rotation open")
    func rotation() async throws {
        let (done, lagging) = (try await TestCluster(), try await TestCluster())
        let id = try #require(SnapshotID("3f2a9c0100000000000000000000000a"))
        let next = done.keyManager.createCMK()
        let start = SnapshotStart(cluster: "default", node: "n", source: "s", base: nil, keyLogPosition: 1)
        try await Self.open(id, start, in: done)
        let old = try #require(try await done.repository.readKeyLog().log.active)
        for event in [.activate(next), .retire(old)] as [KeyRecord.Event] {
            try await done.repository.appendToKeyLog(at: done.time + 1, by: "test") { _ in event }
        }
        let rotation = try #require(
            ProjectStatus([try await member(done, "done"), try await member(lagging, "lagging")]).rotation)
        #expect(rotation.target == next)
        #expect(rotation.laggingClusters == ["lagging"])
        #expect(rotation.openWriters.map(\.snapshot) == [id])
    }

    @Test("a rotation that was cut off before it retired the old CMK is still in progress, and is over once that is done")
    func halfRotated() async throws {
        let cluster = try await TestCluster()
        let next = cluster.keyManager.createCMK()
        let old = try #require(try await cluster.repository.readKeyLog().log.active)
        try await cluster.repository.appendToKeyLog(at: cluster.time + 1, by: "test") { _ in .activate(next) }
        #expect(ProjectStatus([try await member(cluster, "one")]).rotation?.unretiredClusters == ["one"])
        #expect(ProjectStatus([try await member(cluster, "one")], recovery: [old]).rotation == nil)
        try await cluster.repository.appendToKeyLog(at: cluster.time + 2, by: "test") { _ in .retire(old) }
        #expect(ProjectStatus([try await member(cluster, "one")]).rotation == nil)
    }

    private static func open(_ id: SnapshotID, _ start: SnapshotStart, in cluster: TestCluster) async throws {
        let record = SnapshotRecord(n: 0, at: cluster.time, by: "n", event: .start(start))
        let bytes = try SnapshotRecordCodec.encode(record, repository: cluster.repository.id, snapshot: id, prev: nil)
        try await cluster.store.create(.record(0, of: id), bytes)
    }
}
