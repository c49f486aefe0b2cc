import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A backup of a database")
struct DatabaseBackupTests {
    private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return random.bytes(count)
    }

    @Test("only pages that changed are stored again, gathered into one chunk, and the rest is taken from the base's")
    func changedPages() async throws {
        let database = try await TestDatabase(Self.bytes(10 * 16_384 - 100))
        let first = try await database.backUp()
        for page in [0, 5, 33, 200, 319] { try database.file.write([1, 2, 3], at: page * 512 + 7) }
        let second = try await database.backUp()
        #expect(first.figures.bytesNew == 10 * 16_384 - 100)
        #expect(second.figures.bytesNew == 5 * 512 - 100)
        #expect(try await database.content(of: second.snapshot) == database.file.bytes)
        let hashes = Set(try await database.references(of: first.snapshot).map(\.hash))
        let references = try await database.references(of: second.snapshot)
        #expect(Set(references.map(\.hash)).subtracting(hashes).count == 1)
        #expect(references.filter { !hashes.contains($0.hash) }.map(\.byteCount) == [512, 512, 512, 512, 412])
    }

    @Test("a file that was written anew with the same bytes stores nothing, and refers to whole chunks again")
    func touched() async throws {
        let database = try await TestDatabase(Self.bytes(100_000))
        let first = try await database.backUp()
        try database.file.write(Array(database.file.bytes[0..<10]), at: 0)
        let second = try await database.backUp()
        #expect(second.figures.bytesRead == 100_000 && second.figures.bytesNew == 0)
        #expect(try await database.references(of: second.snapshot) == database.references(of: first.snapshot))
    }

    @Test("a map of the base that cannot be read costs deduplication of its file, and no snapshot") func lostMap() async throws {
        let database = try await TestDatabase(Self.bytes(10 * 16_384))
        let first = try await database.backUp()
        let snapshot = try await database.cluster.open(first.snapshot)
        let map = try #require(try ChunkReferences.decode(try await database.entry(in: snapshot).pageMap).first)
        database.cluster.store.tamper(try snapshot.pack(of: map).name) { $0[map.frameRange.lowerBound] ^= 1 }
        try database.file.write([1, 2, 3], at: 7)
        let second = try await database.backUp()
        #expect(second.figures.bytesNew == 16_384)
        #expect(try await database.content(of: second.snapshot) == database.file.bytes)
        #expect(try await database.maps(of: second.snapshot).isEmpty == false)
    }

    @Test("a page that moved or was swapped with another is never taken for the one that was there")
    func moved() async throws {
        let database = try await TestDatabase(Self.bytes(64 << 10))
        _ = try await database.backUp()
        let before = database.file.bytes
        try database.file.write(Array(before[512..<1024]), at: 0)
        try database.file.write(Array(before[0..<512]), at: 512)
        try database.file.write(Array(before[20_000..<40_000]), at: 20_001)
        let second = try await database.backUp()
        #expect(try await database.content(of: second.snapshot) == database.file.bytes)
    }

    @Test("a hole that was made is one, with a page that is data only in part at its edge stored anew")
    func hole() async throws {
        let database = try await TestDatabase(Self.bytes(10 * 16_384), pageByteCount: 8192)
        _ = try await database.backUp()
        try database.file.punch(40_960..<77_824)
        let second = try await database.backUp()
        let references = try await database.references(of: second.snapshot)
        #expect(references.reduce(0) { $0 + $1.byteCount } == 10 * 16_384 - 36_864)
        #expect(references.map(\.hole).filter { $0 > 0 } == [36_864])
        #expect(second.figures.bytesNew == 4096)
        #expect(try await database.content(of: second.snapshot) == database.file.bytes)
    }

    @Test("a map is made where the base has none, or one of other pages; then chunks are found whole")
    func withoutMap() async throws {
        let database = try await TestDatabase(Self.bytes(10 * 16_384))
        let first = try await database.backUp { $0.database.minimumByteCount = .max }
        #expect(try await database.maps(of: first.snapshot).isEmpty)
        for pageByteCount in [1024, 512] {
            try database.file.write([9, UInt8(pageByteCount / 512)], at: 40_000)
            let next = try await database.backUp { $0.database.pageByteCount = pageByteCount }
            #expect(next.figures.bytesNew == 16_384)
            #expect(try await database.maps(of: next.snapshot).map(\.shape.pageByteCount) == [pageByteCount])
            #expect(try await database.content(of: next.snapshot) == database.file.bytes)
        }
    }

    @Test("a lineage of an earlier version goes on with its blocks")
    func oldLineage() async throws {
        let database = try await TestDatabase(Self.bytes(10 * 16_384))
        _ = try await database.backUp()
        try database.file.write(Self.bytes(16_384, seed: 2), at: 5 * 16_384)
        let second = try await database.backUp { $0.database.blocks = .database }
        #expect(try await database.references(of: second.snapshot).map(\.plainByteCount) == Array(repeating: 16_384, count: 10))
        #expect(try await database.cluster.open(second.snapshot).body.lineage.sizes.maximum == 16_384)
    }

    @Test("a file that was not read keeps its map, and what holds that is listed with the packs")
    func unread() async throws {
        let cluster = try await TestCluster()
        // A file that is old: young ones are read again.
        func request(_ paths: [String], after seconds: Int64) -> BackupRequest {
            var request = cluster.request(["/usr/bin/env"] + paths, after: seconds)
            (request.kind, request.database) = (.database, DatabaseLayout(pageByteCount: 512, minimumByteCount: 1024))
            return request
        }
        _ = try await cluster.backUp(request([], after: 0))
        // One more file, so that the listing is stored anew, and nothing but the map is left in the first one's pack.
        try cluster.scratch.write([1], to: "new")
        let second = try await cluster.backUp(request([cluster.scratch.path + "/new"], after: 60))
        #expect(second.figures.bytesRead == 1)
        let snapshot = try await cluster.open(second.snapshot)
        var reader = ListingReader(snapshot)
        var pageCount = 0
        while let entry = try await reader.next() {
            for reference in try ChunkReferences.decode(entry.pageMap) {
                let bytes = try await snapshot.read(reference, domain: .pageMap, with: snapshot.makeOpener())
                pageCount += try PageMap(decoding: bytes).hashes.count
            }
        }
        #expect(pageCount > 10)
    }

    @Test("a check opens the chunks of a map too")
    func checked() async throws {
        let database = try await TestDatabase(Self.bytes(100_000))
        let cluster = database.cluster
        let description = RepositoryDescription(repository: cluster.repository.id, created: cluster.time)
        try await cluster.store.create(.repository, description.encoded)
        _ = try await database.backUp()
        var request = CheckRequest(.data(percent: 100), seed: 0)
        request.keys = cluster.keys
        let result = try await CheckRepository(repository: cluster.repository).run(request)
        // Seven blocks, the map and the listing.
        #expect(result.errors.isEmpty && result.checked.chunks == 9)
    }

    @Test("a small file has no map")
    func small() async throws {
        let database = try await TestDatabase(Self.bytes(4095))
        #expect(try await database.maps(of: try await database.backUp().snapshot).isEmpty)
    }
}
