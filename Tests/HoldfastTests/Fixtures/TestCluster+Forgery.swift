import Holdfast
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting

extension TestCluster {
    /// A snapshot as anybody may make one who may create objects: what its header claims, nothing proves, since `envelope` is not of its key.
    func forge(
        _ id: SnapshotID, of base: SnapshotID? = nil, label: String = "", at time: Timestamp, barrier: Int? = nil,
        keyLogPosition: Int, files: UInt64 = 0, envelope: Envelope
    ) async throws {
        let start = SnapshotRecord(
            n: 0, at: time, by: "node",
            event: .start(
                SnapshotStart(
                    cluster: "default", node: "node", source: "default", base: base, keyLogPosition: keyLogPosition)))
        let record = try SnapshotRecordCodec.encode(start, repository: repository.id, snapshot: id, prev: nil)
        try await store.create(.record(0, of: id), record)
        let header = ManifestHeader(
            start: SHA256.hash(record.span), cluster: "default", node: "node", source: "default", time: time, started: time,
            finished: time, expires: nil, label: label, base: base, barrier: barrier, keyLogPosition: keyLogPosition,
            bytesRead: 0, bytesNew: 0, bytesStored: 0, files: files, incomplete: 0,
            envelopes: [envelope], tool: "test")
        let body = ManifestBody(
            packKeys: PackKeys(), lineage: Lineage(cutting: .content), nextPackNumber: 1, parent: nil,
            source: SourceDescription(name: "default", paths: [], kind: .files, listing: [], entryCount: 0, byteCount: 0),
            barrier: barrier)
        let key = Random.secret()
        try await store.create(
            .record(1, of: id),
            Manifest.seal(header: header, body: body, repository: repository.id, snapshot: id, key: key))
    }
}
