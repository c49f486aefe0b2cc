import Foundation
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite("Rewriting of thinly used packs")
struct RewritingTests {
    private static let hour: Int64 = 3600
    private static let day: Int64 = 86_400
    /// Files that are old: young ones are read again in any case.
    private static let source = "/usr/share/zoneinfo"

    private func backUp(
        _ cluster: TestCluster, _ path: String, after seconds: Int64, excluding patterns: [String] = [], keptForDays days: Int64,
        kind: SourceDescription.Kind = .files, database: DatabaseLayout = DatabaseLayout(settling: 0),
        packByteCount: Int = 64 << 10
    ) async throws -> BackupSummary {
        var request = cluster.request([path], after: seconds)
        let filter = WalkFilter(excludes: try patterns.map { try Glob($0) })
        request.contents = .paths([Array(path.utf8)], filter)
        (request.expires, request.keptUntil) = (request.time + days * Self.day, request.time + days * Self.day)
        request.packByteCount = packByteCount
        (request.kind, request.database) = (kind, database)
        return try await cluster.backUp(request)
    }

    private func packs(_ cluster: TestCluster, _ summary: BackupSummary) async throws -> Set<PackEntry> {
        Set(try await cluster.open(summary.snapshot).packs)
    }

    private func liveShare(_ cluster: TestCluster, _ summary: BackupSummary) async throws -> Double {
        let snapshot = try await cluster.open(summary.snapshot)
        let known = snapshot.body.packUses
        let uses = try #require(known)
        #expect(uses.count == snapshot.packs.count)
        return Double(uses.values.reduce(0) { $0 + $1.liveByteCount }) / Double(snapshot.packs.reduce(0) { $0 + $1.byteCount })
    }

    private static let twoThirds = ["*-1", "*-2"]

    /// Backs up files of 5,000 bytes, of which every third remains without `twoThirds`. However the packs are cut, what they hold of those is
    /// nothing or a whole file: never so little that any snapshot would store it anew.
    private func backUpThirds(_ cluster: TestCluster, in scratch: Scratch) async throws {
        var random = SeededRandom(seed: 3)
        for number in 10..<60 { try scratch.write(random.bytes(5000), to: "\(number)-\(number % 3)") }
        // Once over, no file is so young any more that it has to be read again.
        var seconds: Int64 = 0
        while try await backUp(cluster, scratch.path, after: seconds, keptForDays: 1).figures.bytesRead > 0 { seconds += 1 }
    }

    @Test("a snapshot that is kept for long reads again what lies in thin packs, and those go with the older snapshots")
    func thinPacks() async throws {
        let cluster = try await TestCluster()
        let excluded = ["[B-Z]*", "right", "posix"]
        let first = try await backUp(cluster, Self.source, after: 0, keptForDays: 1)
        #expect(try await liveShare(cluster, first) > 0.85)
        let second = try await backUp(cluster, Self.source, after: Self.hour, excluding: excluded, keptForDays: 1)
        #expect(second.figures.bytesReread == 0)
        #expect(try await liveShare(cluster, second) < 0.7)
        let third = try await backUp(cluster, Self.source, after: 2 * Self.hour, excluding: excluded, keptForDays: 30)
        #expect(third.figures.bytesReread > 0)
        #expect(third.figures.bytesRead == third.figures.bytesReread)
        #expect(third.figures.filesUnmodified == second.figures.filesUnmodified)
        #expect(third.notes.isEmpty && third.problems.isEmpty)
        let (before, after) = (try await packs(cluster, second), try await packs(cluster, third))
        #expect(after.subtracting(before).reduce(0) { $0 + $1.byteCount } < before.reduce(0) { $0 + $1.byteCount } / 2)
        #expect(try await liveShare(cluster, third) > 0.8)
        #expect(try await cluster.contents(third.snapshot) == cluster.contents(second.snapshot))
        let fourth = try await backUp(cluster, Self.source, after: 3 * Self.hour, excluding: excluded, keptForDays: 30)
        #expect(fourth.figures.bytesReread == 0)
        #expect(fourth.figures.bytesStored == 0)
        cluster.store.clock.set(cluster.time + 3 * Self.day)
        let policy = Policy(grace: Period(days: 0))
        _ = try await Prune(repository: cluster.repository).run(PruneRequest(policy: policy, backupsAreOn: true, by: "test"))
        let stored = Set(cluster.store.names.filter { $0.text.hasPrefix("packs/") })
        #expect(stored == Set(after.map(\.name)))
        #expect(try await cluster.contents(fourth.snapshot).isEmpty == false)
    }

    @Test("a snapshot that goes as soon as its base refers to thin packs as before")
    func shortLived() async throws {
        let cluster = try await TestCluster()
        let scratch = try Scratch()
        try await backUpThirds(cluster, in: scratch)
        for number in 1...2 {
            let summary = try await backUp(
                cluster, scratch.path, after: Int64(number) * Self.hour, excluding: Self.twoThirds, keptForDays: 1)
            #expect(try await liveShare(cluster, summary) < 0.7)
            #expect(summary.figures.bytesReread == 0)
        }
    }

    @Test(
        "a file that reads differently though nothing says that it changed keeps what was stored, and is named",
        .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm")))
    func differing() async throws {
        let cluster = try await TestCluster()
        let scratch = try Scratch(in: "/dev/shm")
        let source = scratch.path
        try await backUpThirds(cluster, in: scratch)
        let second = try await backUp(cluster, source, after: Self.hour, excluding: Self.twoThirds, keptForDays: 1)
        try Self.rot(source + "/30-0")
        let third = try await backUp(cluster, source, after: 2 * Self.hour, excluding: Self.twoThirds, keptForDays: 30)
        #expect(third.figures.bytesReread > 5000)
        #expect(third.problems.isEmpty)
        #expect(third.notes.count == 1)
        #expect(third.notes.first?.contains("\(source)/30-0") == true)
        #expect(try await cluster.contents(third.snapshot) == cluster.contents(second.snapshot))
    }

    @Test(
        "a database's page that read differently for once, unnoticed, is not taken for what the file has later",
        .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm")))
    func differingPage() async throws {
        let cluster = try await TestCluster()
        let scratch = try Scratch(in: "/dev/shm")
        var random = SeededRandom(seed: 5)
        try scratch.write(random.bytes(64 << 10), to: "a")
        try scratch.write(random.bytes(256 << 10), to: "b")
        var seconds: Int64 = 0
        let layout = DatabaseLayout(
            blocks: CutSizes(blockByteCount: 16 << 10), pageByteCount: 512, minimumByteCount: 4096, settling: 0)
        let back = { (excluded: [String], days: Int64) in
            seconds += Self.hour
            return try await backUp(
                cluster, scratch.path, after: seconds, excluding: excluded, keptForDays: days, kind: .database, database: layout,
                packByteCount: 512 << 10)
        }
        _ = try await back([], 1)
        try Self.overwrite(scratch.path + "/a", at: 30_000)
        // Once over, no file is so young any more that it has to be read again.
        while try await back(["b"], 1).figures.bytesRead > 0 {}
        try Self.rot(scratch.path + "/a")
        #expect(try await back(["b"], 30).figures.bytesRead > 0)
        try Self.rot(scratch.path + "/a")
        try Self.overwrite(scratch.path + "/a", at: 60_000)
        let last = try await back(["b"], 30)
        #expect(try await cluster.contents(last.snapshot)["\(scratch.path)/a"] == scratch.read("a"))
    }

    private static func overwrite(_ path: String, at offset: UInt64) throws {
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data("changed".utf8))
        try file.close()
    }

    @Test("a large file's list of references is stored anew out of the base: the file is not read for it")
    func lists() async throws {
        let cluster = try await TestCluster()
        let scratch = try Scratch()
        // The same blocks in two orders: two lists of over 64 KiB, and chunks that are all in use as long as one of the files is.
        let (blockCount, blockByteCount) = (1700, 64 << 10)
        var (a, b) = ([UInt8](repeating: 0, count: blockCount * blockByteCount), [UInt8]())
        b = a
        for number in 0..<blockCount {
            let (front, back) = (number * blockByteCount, (blockCount - 1 - number) * blockByteCount)
            (a[front], a[front + 1], b[back], b[back + 1]) = (
                UInt8(number >> 8), UInt8(number & 0xff), UInt8(number >> 8), UInt8(number & 0xff)
            )
        }
        try scratch.write(a, to: "a")
        try scratch.write(b, to: "b")
        let back = { (hours: Int64, excluded: [String], days: Int64) in
            try await backUp(
                cluster, scratch.path, after: hours * Self.hour, excluding: excluded, keptForDays: days, kind: .database,
                database: DatabaseLayout(
                    blocks: CutSizes(minimum: blockByteCount, average: blockByteCount, maximum: blockByteCount),
                    minimumByteCount: .max, settling: 0),
                packByteCount: 512 << 10)
        }
        while try await back(0, [], 1).figures.bytesRead > 0 {}
        let (second, third) = (try await back(1, ["b"], 1), try await back(2, ["b"], 30))
        #expect(third.figures.bytesReread == 0)
        #expect(third.figures.bytesStored > 32 << 10)
        let (before, after) = (try await packs(cluster, second), try await packs(cluster, third))
        #expect(!before.subtracting(after).isEmpty)
        #expect(try await cluster.contents(third.snapshot) == ["\(scratch.path)/a": a])
    }

    /// A memory file system does not see what is written through a mapping: no time changes.
    private static func rot(_ path: String) throws {
        let file = try FileHandle(forUpdating: URL(filePath: path))
        let mapping = unsafe mmap(nil, 5000, PROT_READ | PROT_WRITE, MAP_SHARED, file.fileDescriptor, 0)
        let bytes = try unsafe #require(mapping)
        unsafe bytes.storeBytes(of: bytes.load(fromByteOffset: 4000, as: UInt8.self) ^ 1, toByteOffset: 4000, as: UInt8.self)
        unsafe munmap(bytes, 5000)
    }
}
