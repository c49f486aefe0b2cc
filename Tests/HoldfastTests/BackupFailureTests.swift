import Glibc
import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("A backup that fails")
struct BackupFailureTests {
    private static let mebibyte = 1 << 20

    private static func source(_ byteCount: Int = 24 << 20) throws -> Scratch {
        let source = try Scratch()
        var random = SeededRandom(seed: 11)
        try source.write(random.bytes(byteCount), to: "large")
        return source
    }

    /// Backs up over a store that refuses calls. Packs have 1 MiB, and checkpoints are 4 MiB apart.
    private static func backUp(
        _ source: Scratch, _ cluster: TestCluster, refusing refusal: @escaping RefusingStore.Rule
    ) async throws -> BackupSummary {
        let store = RefusingStore(cluster.store, refusal)
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        var request = cluster.request([source.path])
        request.packByteCount = mebibyte
        request.checkpointByteCount = UInt64(4 * mebibyte)
        let backup = Backup(
            repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress())
        // On a busy machine checkpoints would come when all packs are there.
        return try await withTaskExecutorPreference(FirstComeExecutor()) { [request] in try await backup.run(request) }
    }

    private static func states(_ cluster: TestCluster) async throws -> [SnapshotLog.State] {
        try await cluster.repository.readSnapshots().map(\.log.state)
    }

    @Test("stays open where what failed may pass, and the next one goes on with what it had stored")
    func suspended() async throws {
        let (cluster, source) = (try await TestCluster(), try Self.source())
        await TestCluster.awaitOldTimes()
        let past = Mutex((packs: 0, checkpoints: 0))
        let error = await #expect(throws: HoldfastError.self) {
            try await Self.backUp(source, cluster) { operation, name in
                past.withLock { past in
                    // The first of them may tell of what was stored before.
                    if operation == .replace, past.packs >= 6 { past.checkpoints += 1 }
                    guard case .pack = name.parsed, operation == .create else { return nil }
                    if past.checkpoints >= 2 { return .unavailable(name.text, detail: "by the test") }
                    past.packs += 1
                    return nil
                }
            }
        }
        guard case .suspended(_, .store(.unavailable)) = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(try await Self.states(cluster) == [.open])
        let resumed = try await cluster.backUp(cluster.request([source.path], after: 60))
        #expect(resumed.isResumed)
        #expect(resumed.figures.bytesNew < UInt64(21 * Self.mebibyte))
        #expect(try await Self.states(cluster) == [.live])
    }

    @Test("is given up where nothing was written down that a next one could go on with")
    func givenUp() async throws {
        let (cluster, source) = (try await TestCluster(), try Self.source(2 * Self.mebibyte))
        let error = await #expect(throws: HoldfastError.self) {
            try await Self.backUp(source, cluster) { operation, name in
                if case .pack = name.parsed, operation == .create { return .denied(name.text, detail: "by the test") }
                return operation == .replace ? .unavailable(name.text, detail: "by the test") : nil
            }
        }
        guard case .store(.denied) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(try await Self.states(cluster) == [.aborted])
    }

    @Test("is interrupted where a request of it fails since it was cancelled")
    func cancelled() async throws {
        let (cluster, source) = (try await TestCluster(), try Self.source())
        let running = Mutex<Task<BackupSummary, any Error>?>(nil)
        let task = Task {
            try await Self.backUp(source, cluster) { operation, name in
                guard operation == .replace || Task.isCancelled else { return nil }
                running.withLock { $0 }?.cancel()
                return .unavailable(name.text, detail: "as a client says it whose request was cancelled")
            }
        }
        running.withLock { $0 = task }
        let error = await #expect(throws: HoldfastError.self) { try await task.value }
        guard case .interrupted = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(try await Self.states(cluster) == [.open])
    }

    @Test("for a checkpoint alone does not fail: it says so", arguments: [StoreOperation.replace, .delete])
    func hint(refused: StoreOperation) async throws {
        let (cluster, source) = (try await TestCluster(), try Self.source())
        let summary = try await Self.backUp(source, cluster) { operation, name in
            operation == refused ? .denied(name.text, detail: "by the test") : nil
        }
        #expect(summary.notes.contains { $0.contains("checkpoint") && $0.contains("by the test") })
        #expect(try await Self.states(cluster) == [.live])
    }

    @Test("begins anew where the store says that its checkpoint is damaged")
    func damagedCheckpoint() async throws {
        let (cluster, source) = (try await TestCluster(), try Self.source())
        var request = cluster.request([source.path])
        request.checkpointByteCount = UInt64(4 * Self.mebibyte)
        _ = await cluster.interrupt(request, afterCheckpoints: 1)
        let summary = try await Self.backUp(source, cluster) { operation, name in
            operation == .read && name.text.hasPrefix("checkpoints/") ? .damaged(name, detail: "by the test") : nil
        }
        #expect(!summary.isResumed)
        #expect(try await Self.states(cluster).filter { $0 == .open }.isEmpty)
    }

    @Test("begins anew where its base cannot be read any more")
    func damagedBase() async throws {
        let (cluster, source) = (try await TestCluster(), try Self.source())
        let base = try await cluster.backUp(cluster.request([source.path]))
        var random = SeededRandom(seed: 12)
        try source.write(random.bytes(24 << 20), to: "larger")
        var request = cluster.request([source.path], after: 60)
        request.checkpointByteCount = UInt64(4 * Self.mebibyte)
        _ = await cluster.interrupt(request, afterCheckpoints: 1)
        let name = ObjectName.record(1, of: base.snapshot)
        cluster.store.tamper(name) { $0[$0.count - 40] ^= 1 }
        let summary = try await cluster.backUp(cluster.request([source.path], after: 120))
        #expect(!summary.isResumed && summary.header.base == nil)
    }

    @Test("since its stream cannot be read names it, and is given up")
    func unreadableStream() async throws {
        let cluster = try await TestCluster()
        let directory = unsafe open(cluster.scratch.path, O_RDONLY)
        defer { close(directory) }
        var request = cluster.request([])
        request.contents = .stream(descriptor: directory, filename: Array("dump".utf8), time: cluster.time)
        let unreadable = request
        let error = await #expect(throws: HoldfastError.self) { try await cluster.backUp(unreadable) }
        guard case .noSource(let path, _) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(path.hasSuffix("dump"))
        #expect(try await Self.states(cluster) == [.aborted])
    }
}
