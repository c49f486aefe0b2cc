import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Manifests that this node did not write")
struct ForeignManifestTests {
    @Test("W6: one that stands where an interrupted backup would have committed is not taken for it unless it opens")
    func atAnOpenStart() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "a")
        let id: SnapshotID = Random.id()
        try cluster.witness.rememberStart(id, cluster: "default", node: "node", source: "default", at: cluster.time)
        try await start(id, in: cluster)
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

    @Test("W6: one that replaced what this node committed is no base, though it opens")
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

    enum Place: CaseIterable { case project, cluster, node, repository, snapshot, kind }

    @Test(
        "W11: what was wrapped for another project, cluster, node, repository, snapshot or kind does not open this one",
        arguments: Place.allCases)
    func context(_ place: Place) async throws {
        let cluster = try await TestCluster()
        let (id, home): (SnapshotID, _) = (Random.id(), cluster.repository)
        let key = Random.secret()
        let foreign = EncryptionContext(
            project: place == .project ? "other" : "test", cluster: place == .cluster ? "former" : "default",
            repository: place == .repository ? Random.id() : home.id, snapshot: place == .snapshot ? Random.id() : id,
            node: place == .node ? "other" : "node", kind: place == .kind ? .checkpoint : .manifest)
        let own = try home.context(of: id, cluster: "default", node: "node", kind: .manifest)
        let cmk = try #require(CMK("fake:1"))
        let envelopes = [
            try await cluster.keys.wrap(key, under: cmk, context: foreign),
            try await cluster.keys.wrap(key, under: cmk, context: own),
        ]
        try await start(id, in: cluster)
        try await cluster.store.create(.record(1, of: id), manifest(id, key, envelopes, in: cluster))
        // Of the two the second opens it, and the first alone does not.
        _ = try await cluster.open(id)
        try await cluster.store.delete(.record(1, of: id))
        try await cluster.store.create(.record(1, of: id), manifest(id, key, [envelopes[0]], in: cluster))
        await #expect {
            try await cluster.open(id)
        } throws: { error in
            guard case HoldfastError.cannotOpen(_, let refusals) = error, let reason = refusals.first?.reason else {
                return false
            }
            if case .keyManager(.incorrect) = reason { return true } else { return false }
        }
    }

    private func start(_ id: SnapshotID, in cluster: TestCluster) async throws {
        let start = SnapshotStart(cluster: "default", node: "node", source: "default", base: nil, keyLogPosition: 1)
        let record = SnapshotRecord(n: 0, at: cluster.time, by: "node", event: .start(start))
        try await cluster.store.create(
            .record(0, of: id),
            try SnapshotRecordCodec.encode(record, repository: cluster.repository.id, snapshot: id, prev: nil))
    }

    private func bases(of cluster: TestCluster) throws -> [SnapshotID] {
        try cluster.witness.bases(node: "node", source: "default").map(\.id)
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
        return try Manifest.seal(header: header, body: body, repository: cluster.repository.id, snapshot: id, key: key)
    }
}
