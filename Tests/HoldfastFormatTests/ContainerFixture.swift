import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import Testing

/// One snapshot's names and key, and manifests of it.
final class ContainerFixture: Sendable {
    let repository: RepositoryID = Random.id()
    let snapshot: SnapshotID = Random.id()
    let key = Random.secret()
    let start: Digest
    let time: Timestamp
    let cmk: CMK

    init() throws {
        start = SHA256.hash(Array("start".utf8).span)
        time = try #require(Timestamp("2027-01-31T18:00:00Z"))
        cmk = try #require(CMK("local:keyring/key"))
    }

    var envelope: Envelope { Envelope(cmk: cmk, version: "3", wrapped: [1, 2, 255], created: time, requestID: nil) }

    var header: ManifestHeader {
        ManifestHeader(
            start: start, cluster: "Zürich", node: "db-1", source: "data", time: time, started: time, finished: time + 90,
            expires: time + 86_400, items: ["daily"], label: "a \"label\"", tags: ["x", "y"], base: nil, barrier: nil,
            keyLogPosition: 4, bytesRead: 10, bytesNew: 9, bytesStored: 8, files: 7, incomplete: 1, envelopes: [envelope],
            tool: "holdfast 1.0")
    }

    /// Three packs of two owners under the numbers 7, 2 and 5.
    func packKeys() -> PackKeys {
        var keys = PackKeys()
        let base: SnapshotID = Random.id()
        for (number, owner) in [(UInt32(7), snapshot), (2, base), (5, snapshot)] {
            let id = SHA256.hash(number.bigEndianBytes.span)
            keys.add(PackEntry(id: id, owner: owner, byteCount: 1 << 20), number: number, key: Random.secret().bytes)
        }
        return keys
    }

    func source(_ paths: [[UInt8]] = [Array("etc".utf8), [0xff, 0x2f, 0xfe]]) -> SourceDescription {
        let reference = ChunkReference(packNumber: 5, offset: 8, storedByteCount: 100, plainByteCount: 200, hash: start)
        return SourceDescription(
            name: "data", paths: paths, kind: .files, listing: [.init(firstPath: [], reference: reference)], entryCount: 12,
            byteCount: 1 << 40)
    }

    func body() -> ManifestBody {
        ManifestBody(
            packKeys: packKeys(), lineage: Lineage(cutting: .content), nextPackNumber: 8, parent: nil, source: source(),
            barrier: nil)
    }

    func manifest() throws(FormatError) -> [UInt8] {
        try Manifest.seal(header: header, body: body(), repository: repository, snapshot: snapshot, key: key)
    }

    func open(_ bytes: [UInt8]) throws(FormatError) -> ManifestBody {
        try Manifest.open(try Manifest.parse(bytes, repository: repository, snapshot: snapshot), key: key)
    }

    /// What is wrong with a manifest; nil where it opens.
    func fault(_ bytes: [UInt8]) -> FormatError? {
        do throws(FormatError) {
            _ = try open(bytes)
            return nil
        } catch {
            return error
        }
    }
}
