import CPosix
import Foundation
import Glibc
import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Synchronization
import Testing

/// What a backup was asked for and cannot give, it says: nothing is left out, or written past what readers take, without a word.
@Suite("What a backup does not take as it was")
struct SourceLossTests {
    private static let old = "/usr/share/zoneinfo"

    private func backUpStream(called name: String, in cluster: TestCluster) async throws -> BackupSummary {
        try cluster.scratch.write(Array("dump".utf8), to: "stream")
        let descriptor = unsafe open(cluster.scratch.path + "/stream", O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var request = cluster.request([])
        request.contents = .stream(descriptor: descriptor, filename: Array(name.utf8), time: request.time)
        return try await cluster.backUp(request)
    }

    @Test("a stream is listed below the directories that its name leads through, and a plain restore gives it")
    func streamInDirectories() async throws {
        let cluster = try await TestCluster()
        let summary = try await backUpStream(called: "db/daily/x.sql", in: cluster)
        let snapshot = try await cluster.open(summary.snapshot)
        var reader = ListingReader(snapshot)
        var found: [String: Entry.Kind] = [:]
        while let entry = try await reader.next() { found[entry.displayPath] = entry.kind }
        #expect(found == ["/db": .directory, "/db/daily": .directory, "/db/daily/x.sql": .file])
        let scratch = try RestoreScratch()
        let restored = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(restored.errors == [])
        #expect(try scratch.text("t/db/daily/x.sql") == "dump")
    }

    @Test(
        "a path that no reader takes is not written: the backup fails, and names it",
        arguments: [("x/", "/x/"), ("a//b", "/a/"), ("../x", "/..")])
    func unreadablePath(name: String, refused: String) async throws {
        let cluster = try await TestCluster()
        await #expect {
            try await backUpStream(called: name, in: cluster)
        } throws: { error in
            if case HoldfastError.unwritable(refused, _) = error { true } else { false }
        }
        #expect(try cluster.witness.bases(node: "node", source: "default").isEmpty)
    }

    @Test("a path that is named and excluded is wrong usage before anything is begun, and both are named")
    func excludedRoot() async throws {
        let cluster = try await TestCluster()
        try cluster.scratch.write([1], to: "data/f")
        var request = cluster.request([])
        let roots = [Self.old, cluster.scratch.path + "/data"]
        request.contents = .paths(roots.map { Array($0.utf8) }, WalkFilter(excludes: [try Glob("*.lock"), try Glob("data/")]))
        await #expect {
            try await cluster.backUp(request)
        } throws: { error in
            guard case HoldfastError.usage(let text, let object) = error else { return false }
            return object == roots[1] && text.contains(roots[1]) && text.contains("'data/'")
        }
        #expect(try await cluster.store.list(.snapshots).isEmpty)
    }

    @Test("tags that no manifest has room for are wrong usage before anything is begun")
    func tags() async throws {
        let cluster = try await TestCluster()
        var request = cluster.request([Self.old])
        request.tags = Array(repeating: String(repeating: "x", count: 1000), count: 70)
        await #expect {
            try await cluster.backUp(request)
        } throws: { error in
            if case HoldfastError.usage = error { true } else { false }
        }
        #expect(try await cluster.store.list(.snapshots).isEmpty)
        request.tags = Array(repeating: String(repeating: "\u{1}", count: 1000), count: 60)
        #expect(try await cluster.backUp(request).header.tags == request.tags)
    }

    @Test("a record that no reader takes is not written: whoever asked for it is told")
    func longRecord() async throws {
        let cluster = try await TestCluster()
        let id = try await cluster.backUp(cluster.request([Self.old])).snapshot
        let name = String(repeating: "n", count: 64 << 10)
        await #expect {
            try await cluster.repository.append(to: id, at: cluster.time, by: "test") { _ in .hold(name) }
        } throws: { error in
            if case HoldfastError.unwritable("\(id)", _) = error { true } else { false }
        }
        #expect(try await cluster.repository.readSnapshot(id)?.log.holds.isEmpty == true)
    }

    @Test("a wrapped key that no record has room for is no answer of its key manager", arguments: [16 << 10, (16 << 10) + 1])
    func longEnvelope(byteCount: Int) async throws {
        let manager = FakeKeyManager(wrappedByteCount: byteCount)
        let cmk = manager.createCMK()
        let keys = KeyManagers([manager], trusted: [try #require(CMKPattern(cmk.uri))])
        let zeros = String(repeating: "0", count: 32)
        let context = EncryptionContext(
            project: "p", cluster: "c", repository: try #require(RepositoryID(zeros)), snapshot: try #require(SnapshotID(zeros)),
            node: "n", kind: .manifest)
        var refusal: HoldfastError?
        do throws(HoldfastError) {
            _ = try await keys.wrap(Secret(count: 32) { _ in }, under: cmk, context: context)
        } catch {
            refusal = error
        }
        let isRefused = if case .keyManager(.unreachable) = refusal { true } else { false }
        #expect(isRefused == (byteCount > 16 << 10) && isRefused == (refusal != nil))
    }

    @Test("a file that says to be empty, and is not, is told, and read again next time") func saidEmpty() async throws {
        let cluster = try await TestCluster()
        for seconds: Int64 in [0, 60] {
            let summary = try await cluster.backUp(cluster.request(["/proc/version"], after: seconds))
            #expect(summary.problems.map(\.what) == [.changedWhileRead])
        }
    }

    @Test("a file that is written anew and renamed into its place all the while is in the snapshot, and no problem")
    func renamed() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        var random = SeededRandom(seed: 3)
        // More than are on their way at once, so that the last one is opened long after the walk has seen it.
        for number in 100..<700 { try source.write(random.bytes(10_000), to: "\(number)") }
        try source.write([0], to: "z/state")
        // While it is open its inode is no other file's.
        let first = unsafe open(source.path + "/z/state", O_RDONLY)
        defer { close(first) }
        let written = Mutex<[[UInt8]]>([[0]])
        let store = GatedStore(cluster.store) { operation, name in
            guard operation == .create, name.hasPrefix("packs/") else { return }
            written.withLock { written in
                written.append([UInt8](repeating: 1, count: written.count))
                do {
                    try source.write(written[written.count - 1], to: "z/new")
                    try called(unsafe rename(source.path + "/z/new", source.path + "/z/state"))
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        var request = cluster.request([source.path])
        request.packByteCount = 1 << 20
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        let summary = try await Backup(
            repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress()
        ).run(request)
        #expect(summary.problems.filter { $0.displayPath.hasSuffix("/state") } == [])
        let content = try #require(try await cluster.contents(summary.snapshot)["\(source.path)/z/state"])
        #expect(written.withLock { $0.contains(content) })
    }

    @Test("a file that ends before the size that it keeps saying is told, read again next time, and no zeros are made up")
    func cutShort() async throws {
        // Says 4096 bytes, whatever is in it.
        let path = "/sys/devices/system/cpu/online"
        let cluster = try await TestCluster()
        let summary = try await cluster.backUp(cluster.request([path]))
        #expect(summary.problems.map(\.what) == [.changedWhileRead])
        let content = try #require(try await cluster.contents(summary.snapshot)[path])
        #expect(content.count < 100 && !content.contains(0))
        let again = try await cluster.backUp(cluster.request([path], after: 60))
        #expect(again.problems.count == 1)
    }

    private static let memory = "/dev/shm"

    @Test(
        "a database's file in memory is read each time: what a mapping stores there never shows in its times",
        .enabled(if: FileManager.default.isWritableFile(atPath: memory), "needs a tmpfs"))
    func mappedInMemory() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch(in: Self.memory)
        try source.write([1, 2, 3], to: "data")
        let file = unsafe open(source.path + "/data", O_RDWR)
        defer { close(file) }
        let mapped = unsafe mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        let page = try unsafe #require(mapped)
        defer { unsafe munmap(page, 4096) }
        unsafe page.storeBytes(of: 7, as: UInt8.self)
        let path = Array((source.path + "/data").utf8)
        let entry = try #require(Self.entry(path))
        while try SourceFile(opening: entry).opened.isRacy { await Task.yield() }
        var request = cluster.request([source.path])
        (request.kind, request.database.settling) = (.database, 1)
        let first = try await cluster.backUp(request)
        #expect(try await cluster.contents(first.snapshot)[source.path + "/data"] == [7, 2, 3])
        unsafe page.storeBytes(of: 8, as: UInt8.self)
        request.time = request.time + 60
        let second = try await cluster.backUp(request)
        #expect(try await cluster.contents(second.snapshot)[source.path + "/data"] == [8, 2, 3])
    }

    private static func entry(_ path: [UInt8]) -> Entry? {
        let walk = TreeWalk(roots: [path], filter: WalkFilter()) { Issue.record("\($0)") }
        var last: Entry?
        while let entry = walk.next() { last = entry }
        return last
    }

    @Test("a database's file whose times may not tell of its changes yet is read again; one of files is not")
    func settling() async throws {
        let cluster = try await TestCluster()
        func bytesRead(_ kind: SourceDescription.Kind, _ settling: Int64, after seconds: Int64) async throws -> UInt64 {
            var request = cluster.request([Self.old], after: seconds)
            (request.kind, request.source) = (kind, "\(kind)\(settling)")
            request.database.settling = settling
            return try await cluster.backUp(request).figures.bytesRead
        }
        for (kind, settling, isReadAgain) in [
            (SourceDescription.Kind.files, Int64.max, false), (.database, 0, false), (.database, .max, true),
        ] {
            let first = try await bytesRead(kind, settling, after: 0)
            let second = try await bytesRead(kind, settling, after: 60)
            #expect(first > 0 && second == (isReadAgain ? first : 0), "\(kind) \(settling)")
        }
        #expect(DatabaseLayout().settling == 60_000_000_000)
    }
}
