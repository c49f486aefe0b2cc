import Holdfast
import HoldfastFormat
import HoldfastModel
import Testing

/// A database of one file, in a cluster in memory: small blocks and pages, so that little data has many.
final class TestDatabase {
    let cluster: TestCluster
    let file: EditedFile
    let layout: DatabaseLayout
    private let path: String
    private var seconds: Int64 = 0

    init(_ bytes: [UInt8], blockByteCount: Int = 16 << 10, pageByteCount: Int = 512, minimumByteCount: Int = 4096) async throws {
        cluster = try await TestCluster()
        layout = DatabaseLayout(
            blocks: CutSizes(blockByteCount: blockByteCount), pageByteCount: pageByteCount, minimumByteCount: minimumByteCount,
            settling: 0)
        path = cluster.scratch.path + "/data"
        file = try EditedFile(path, bytes)
    }

    /// The next backup's.
    func request() -> BackupRequest {
        seconds += 60
        var request = cluster.request([path], after: seconds)
        (request.kind, request.database) = (.database, layout)
        return request
    }

    func backUp(_ change: (inout BackupRequest) -> Void = { _ in }) async throws -> BackupSummary {
        var request = request()
        change(&request)
        return try await cluster.backUp(request)
    }

    func entry(in snapshot: OpenedSnapshot) async throws -> Entry {
        var reader = ListingReader(snapshot)
        while let entry = try await reader.next() {
            if entry.displayPath == path { return entry }
        }
        throw HoldfastError.noSuchPath(path)
    }

    /// What a snapshot's file refers to.
    func references(of id: SnapshotID) async throws -> [ChunkReference] {
        let snapshot = try await cluster.open(id)
        var references: [ChunkReference] = []
        try await snapshot.forEachReference(of: try await entry(in: snapshot), with: snapshot.makeOpener()) {
            references.append($0)
        }
        return references
    }

    /// The page map of a snapshot's file, opened; empty where it has none.
    func maps(of id: SnapshotID) async throws -> [PageMap] {
        let snapshot = try await cluster.open(id)
        var maps: [PageMap] = []
        for reference in try ChunkReferences.decode(try await entry(in: snapshot).pageMap) {
            maps.append(try PageMap(decoding: try await snapshot.read(reference, domain: .pageMap, with: snapshot.makeOpener())))
        }
        return maps
    }

    func content(of id: SnapshotID) async throws -> [UInt8] {
        let snapshot = try await cluster.open(id)
        return try await cluster.content(of: try await entry(in: snapshot), in: snapshot)
    }
}
