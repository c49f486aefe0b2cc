import Glibc
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A checkpoint")
struct CheckpointTests {
    private static let mebibyte = 1 << 20

    private static func bytes(_ count: Int) -> [UInt8] {
        var random = SeededRandom(seed: 7)
        return random.bytes(count)
    }

    /// The file `dump` of the cluster's scratch directory, opened so often. The caller closes it.
    private static func openDumps(_ count: Int, in cluster: TestCluster) throws -> [Int32] {
        try (0..<count).map { _ in
            let descriptor = unsafe open(cluster.scratch.path + "/dump", O_RDONLY)
            try #require(descriptor >= 0)
            return descriptor
        }
    }

    /// Begins a backup of these paths, and interrupts it after three checkpoints, which are 6 MiB apart.
    private static func interrupt(_ cluster: TestCluster, _ paths: [String]) async -> BackupProgress.Figures {
        await TestCluster.awaitOldTimes()
        var request = cluster.request(paths)
        request.checkpointByteCount = UInt64(6 * mebibyte)
        return await cluster.interrupt(request, afterCheckpoints: 3)
    }

    @Test("one large file that is interrupted is read on behind what is stored")
    func largeFile() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        let bytes = Self.bytes(40 * Self.mebibyte)
        try source.write(bytes, to: "large")
        let interrupted = await Self.interrupt(cluster, [source.path])
        // It ends at once, and not with the file.
        #expect(interrupted.bytesRead < UInt64(bytes.count))
        let resumed = try await cluster.backUp(cluster.request([source.path], after: 60))
        #expect(resumed.isResumed)
        // Three checkpoints of 6 MiB, less what was on its way then.
        #expect(resumed.figures.bytesRead <= UInt64(bytes.count - 5 * Self.mebibyte))
        #expect(try await cluster.contents(resumed.snapshot) == ["\(source.path)/large": bytes])
    }

    @Test("a large file that changed meanwhile is read from its start, and what is as it was is not stored again")
    func changedFile() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        var bytes = Self.bytes(40 * Self.mebibyte)
        try source.write(bytes, to: "large")
        _ = await Self.interrupt(cluster, [source.path])
        bytes[5] ^= 1
        try source.write(bytes, to: "large")
        let resumed = try await cluster.backUp(cluster.request([source.path], after: 60))
        #expect(resumed.isResumed)
        #expect(resumed.figures.bytesRead == UInt64(bytes.count))
        #expect(resumed.figures.bytesNew <= UInt64(bytes.count - 5 * Self.mebibyte))
        #expect(try await cluster.contents(resumed.snapshot) == ["\(source.path)/large": bytes])
    }

    @Test("a file that came after one that takes long is not read again")
    func filesBehind() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write(Self.bytes(40 * Self.mebibyte), to: "a/large")
        var expected: [String: [UInt8]] = ["\(source.path)/a/large": Self.bytes(40 * Self.mebibyte)]
        for number in 0..<50 {
            let name = "b/\(number)"
            let bytes = [UInt8](repeating: UInt8(number), count: 1000)
            try source.write(bytes, to: name)
            expected["\(source.path)/\(name)"] = bytes
        }
        _ = await Self.interrupt(cluster, [source.path])
        let resumed = try await cluster.backUp(cluster.request([source.path], after: 60))
        #expect(resumed.figures.filesUnmodified == 50)
        #expect(try await cluster.contents(resumed.snapshot) == expected)
    }

    @Test("a second run that is interrupted before it has come by what the first had stored leaves the first one's checkpoint")
    func interruptedTwice() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        let (large, new) = (Self.bytes(40 * Self.mebibyte), [UInt8](Self.bytes(20 * Self.mebibyte).reversed()))
        try source.write(large, to: "b/large")
        _ = await Self.interrupt(cluster, [source.path])
        let checkpoint = try #require(cluster.store.names.first { $0.text.hasPrefix("checkpoints/") })
        let before = try await cluster.store.read(checkpoint)
        try source.write(new, to: "a/new")
        // One window for large files: the one that was on its way waits behind the new one, whose bytes make checkpoints due.
        var request = cluster.request([source.path], after: 60)
        (request.checkpointByteCount, request.readConcurrency) = (UInt64(2 * Self.mebibyte), 1)
        // Two are due by then, and the new file is not read to its end, however far reading is ahead of what is stored.
        await cluster.interrupt(request, after: 4, .create)
        #expect(try await cluster.store.read(checkpoint) == before)
        let resumed = try await cluster.backUp(cluster.request([source.path], after: 120))
        #expect(resumed.isResumed)
        #expect(resumed.figures.bytesRead <= UInt64(large.count + new.count - 5 * Self.mebibyte))
        #expect(
            try await cluster.contents(resumed.snapshot) == ["\(source.path)/a/new": new, "\(source.path)/b/large": large])
    }

    @Test(
        "a second run that is interrupted before its walk has come to what the first had begun leaves the first one's checkpoint")
    func notReached() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        let large = Self.bytes(40 * Self.mebibyte)
        try source.write(large, to: "z")
        _ = await Self.interrupt(cluster, [source.path])
        let checkpoint = try #require(cluster.store.names.first { $0.text.hasPrefix("checkpoints/") })
        let before = try await cluster.store.read(checkpoint)
        // More than may be on their way at once, one at a time.
        let new = [UInt8](Self.bytes(20 * Self.mebibyte).reversed())
        for number in 100..<700 {
            let start = number * 20_000
            try source.write(Array(new[start..<(start + 40_000)]), to: "a\(number)")
        }
        var request = cluster.request([source.path], after: 60)
        (request.checkpointByteCount, request.readConcurrency) = (UInt64(Self.mebibyte), 1)
        request.packByteCount = Self.mebibyte
        await cluster.interrupt(request, after: 5, .create)
        #expect(try await cluster.store.read(checkpoint) == before)
        let resumed = try await cluster.backUp(cluster.request([source.path], after: 120))
        #expect(resumed.figures.bytesRead <= UInt64(large.count + 24 * Self.mebibyte - 5 * Self.mebibyte))
    }

    @Test("a stream that is interrupted again before it has come as far leaves the first one's checkpoint")
    func streamTwice() async throws {
        let cluster = try await TestCluster()
        let bytes = Self.bytes(40 * Self.mebibyte)
        try cluster.scratch.write(bytes, to: "dump")
        let dumps = try Self.openDumps(3, in: cluster)
        defer { for dump in dumps { close(dump) } }
        func request(_ round: Int, every mebibytes: Int) -> BackupRequest {
            var request = cluster.request([], after: Int64(round * 60))
            request.checkpointByteCount = UInt64(mebibytes * Self.mebibyte)
            request.contents = .stream(descriptor: dumps[round], filename: Array("dump".utf8), time: request.time)
            return request
        }
        await cluster.interrupt(request(0, every: 6), afterCheckpoints: 3)
        await cluster.interrupt(request(1, every: 1), afterCheckpoints: 1)
        let resumed = try await cluster.backUp(request(2, every: 40))
        #expect(resumed.isResumed)
        #expect(resumed.figures.bytesNew <= UInt64(bytes.count - 5 * Self.mebibyte))
        #expect(try await cluster.contents(resumed.snapshot) == ["/dump": bytes])
    }

    @Test("a stream that is interrupted stores nothing twice when it comes again")
    func stream() async throws {
        let cluster = try await TestCluster()
        let bytes = Self.bytes(40 * Self.mebibyte)
        try cluster.scratch.write(bytes, to: "dump")
        let dumps = try Self.openDumps(2, in: cluster)
        defer { for dump in dumps { close(dump) } }
        var request = cluster.request([])
        request.checkpointByteCount = UInt64(6 * Self.mebibyte)
        request.contents = .stream(descriptor: dumps[0], filename: Array("dump".utf8), time: request.time)
        await cluster.interrupt(request, afterCheckpoints: 3)
        request = cluster.request([], after: 60)
        request.contents = .stream(descriptor: dumps[1], filename: Array("dump".utf8), time: request.time)
        let resumed = try await cluster.backUp(request)
        #expect(resumed.isResumed)
        #expect(resumed.figures.bytesNew <= UInt64(bytes.count - 5 * Self.mebibyte))
        #expect(try await cluster.contents(resumed.snapshot) == ["/dump": bytes])
    }

    @Test("checkpoints change nothing of what the listing is cut into: unchanged files store nothing after many of them")
    func sameListing() async throws {
        let cluster = try await TestCluster()
        var request = cluster.request(["/usr/share/zoneinfo"])
        request.checkpointByteCount = 10_000
        let first = try await cluster.backUp(request)
        let second = try await cluster.backUp(cluster.request(["/usr/share/zoneinfo"], after: 60))
        #expect(second.header.base == first.snapshot)
        #expect(second.figures.bytesStored == 0)
    }

    @Test("a database's file that is interrupted is read on behind what is stored, with its map, at first and beside a base")
    func database() async throws {
        let database = try await TestDatabase(Self.bytes(24 * Self.mebibyte))
        for round in 0..<2 {
            await TestCluster.awaitOldTimes()
            var request = database.request()
            request.checkpointByteCount = round == 0 ? UInt64(5 * Self.mebibyte) : UInt64(Self.mebibyte)
            await database.cluster.interrupt(request, afterCheckpoints: 2)
            let resumed = try await database.backUp()
            #expect(resumed.isResumed)
            #expect(resumed.figures.bytesRead <= UInt64(18 * Self.mebibyte), "in round \(round)")
            #expect(try await database.content(of: resumed.snapshot) == database.file.bytes)
            // Whether the map tells the truth shows where it is relied on.
            try database.file.write([9, UInt8(round), 9], at: 3 * Self.mebibyte)
            #expect(try await database.backUp().figures.bytesNew == 512)
            for page in stride(from: 0, to: database.file.bytes.count / 512, by: 6) {
                try database.file.write([UInt8(round), 1, UInt8(page & 0xff)], at: page * 512 + 9)
            }
        }
    }

    enum Trouble: CaseIterable { case unreachable, denied, disabled }

    @Test(
        "what a key manager does not open just now is not given up: the run fails, and the next one goes on",
        arguments: Trouble.allCases)
    func keptForLater(_ trouble: Trouble) async throws {
        let cluster = try await TestCluster()
        let source = "/usr/share/zoneinfo"
        let open = try await cluster.interruptAtCheckpoint([source]).id
        let cmk = try #require(CMK("fake:1"))
        switch trouble {
        case .unreachable: cluster.keyManager.set(.unreachable)
        case .denied: cluster.keyManager.set(.denied)
        case .disabled: cluster.keyManager.set(cmk, .disabled)
        }
        await #expect(throws: HoldfastError.self) { try await cluster.backUp(cluster.request([source], after: 60)) }
        #expect(try await cluster.repository.readSnapshot(open)?.log.state == .open)
        cluster.keyManager.set(.answering)
        cluster.keyManager.set(cmk, .enabled)
        let summary = try await cluster.backUp(cluster.request([source], after: 120))
        #expect(summary.isResumed && summary.snapshot == open)
    }

    @Test(
        "what no key manager will ever open is given up, and started over, and so is what this host may not open under an old CMK",
        arguments: [CMKState.destroyed, .disabled])
    func neverAgain(state: CMKState) async throws {
        let cluster = try await TestCluster()
        let source = "/usr/share/zoneinfo"
        let open = try await cluster.interruptAtCheckpoint([source]).id
        let second = cluster.keyManager.createCMK()
        for event in [KeyRecord.Event.activate(second), .retire(try #require(CMK("fake:1")))] {
            try await cluster.repository.appendToKeyLog(at: cluster.time, by: "test") { _ in event }
        }
        cluster.keyManager.set(try #require(CMK("fake:1")), state)
        let summary = try await cluster.backUp(cluster.request([source], after: 60))
        #expect(!summary.isResumed && summary.snapshot != open)
        #expect(try await cluster.repository.readSnapshot(open)?.log.state == .aborted)
    }
}
