import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Manifests that this node did not write")
struct ForeignManifestTests {
    @Test("one that stands where an interrupted backup would have committed is not taken for it unless it opens")
    func atAnOpenStart() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "a")
        let id: SnapshotID = Random.id()
        try cluster.witness.rememberStart(id, cluster: "default", node: "node", source: "default", at: cluster.time)
        let start = SnapshotStart(cluster: "default", node: "node", source: "default", base: nil, keyLogPosition: 1)
        let record = SnapshotRecord(n: 0, at: cluster.time, by: "node", event: .start(start))
        try await cluster.store.create(
            .record(0, of: id),
            SnapshotRecordCodec.encode(record, repository: cluster.repository.id, snapshot: id, prev: nil))
        let wrapped = [Envelope(cmk: try #require(CMK("fake:1")), wrapped: [1], created: cluster.time)]
        try await cluster.store.create(.record(1, of: id), manifest(id, Random.secret(), wrapped, in: cluster))
        let summary = try await cluster.backUp(cluster.request([source.path], after: 60))
        #expect(try bases(of: cluster) == [summary.snapshot])
        #expect(try cluster.witness.openStarts(cluster: "default", node: "node", source: "default").map(\.id) == [id])
    }

    @Test("this node's own commit whose answer was lost is taken up, and is the next base")
    func ownCommit() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "a")
        let first = try await cluster.backUp(cluster.request([source.path]))
        try cluster.witness.rememberStart(
            first.snapshot, cluster: "default", node: "node", source: "default", at: cluster.time)
        #expect(try bases(of: cluster) == [])
        let second = try await cluster.backUp(cluster.request([source.path], after: 60))
        #expect(second.header.base == first.snapshot)
    }

    @Test("one that replaced what this node committed is no base, though it opens")
    func replacedBase() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "a")
        let first = try await cluster.backUp(cluster.request([source.path]))
        let key = Random.secret()
        let context = try cluster.repository.context(
            of: first.snapshot, cluster: "default", node: "node", kind: .manifest)
        let envelope = try await cluster.keys.wrap(key, under: first.header.envelopes[0].cmk, context: context)
        let bytes = try await manifest(first.snapshot, key, [envelope], in: cluster)
        cluster.store.tamper(.record(1, of: first.snapshot)) { $0 = bytes }
        _ = try await cluster.open(first.snapshot)
        let second = try await cluster.backUp(cluster.request([source.path], after: 60))
        #expect(second.header.base == nil)
    }

    private func bases(of cluster: TestCluster) throws -> [SnapshotID] {
        try cluster.witness.bases(cluster: "default", node: "node", source: "default").map(\.id)
    }

    private func manifest(
        _ id: SnapshotID, _ key: borrowing Secret, _ envelopes: [Envelope], in cluster: TestCluster
    ) async throws -> [UInt8] {
        let start = try await cluster.store.read(.record(0, of: id))
        let header = ManifestHeader(
            start: SHA256.hash(start.span), cluster: "default", node: "node", source: "default", time: cluster.time,
            started: cluster.time, finished: cluster.time, expires: nil, base: nil, barrier: nil, keyLogPosition: 1,
            bytesRead: 0, bytesNew: 0, bytesStored: 0, files: 0, incomplete: 0, envelopes: envelopes, tool: "test")
        let source = SourceDescription(name: "default", paths: [], kind: .files, listing: [], entryCount: 0, byteCount: 0)
        let body = ManifestBody(
            packKeys: PackKeys(), lineage: Lineage(cutting: .content), nextPackNumber: 1, parent: nil, source: source,
            barrier: nil)
        return Manifest.seal(header: header, body: body, repository: cluster.repository.id, snapshot: id, key: key)
    }
}
