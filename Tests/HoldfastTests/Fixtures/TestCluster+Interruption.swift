import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

extension TestCluster {
    /// Files that were changed just now are read again: waits until a change would show.
    static func awaitOldTimes() async {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .milliseconds(60) { await Task.yield() }
    }

    /// Begins a backup, and interrupts it once so many checkpoints were written. Answers what it had done.
    @discardableResult
    func interrupt(
        _ request: BackupRequest, afterCheckpoints count: Int, over store: (any ObjectStore)? = nil
    ) async -> BackupProgress.Figures {
        await interrupt(request, after: count, .replace, over: store)
    }

    /// Begins a backup, and interrupts it once the store was called so often. Packs have at most 1 MiB.
    @discardableResult
    func interrupt(
        _ request: BackupRequest, after count: Int, _ awaited: StoreOperation, over store: (any ObjectStore)? = nil
    ) async -> BackupProgress.Figures {
        let calls = Mutex(0)
        let running = Mutex<Task<BackupSummary, any Error>?>(nil)
        var request = request
        request.packByteCount = min(request.packByteCount, 1 << 20)
        let small = request
        let gated = GatedStore(store ?? self.store) { operation, name in
            // Packs take their time to be created, so that checkpoints keep up with them.
            if operation == .create {
                for _ in 0..<30 { await Task.yield() }
            }
            let isDue = calls.withLock { calls in
                if operation == awaited { calls += 1 }
                return operation == awaited ? calls > count : calls >= count
            }
            if isDue { running.withLock { $0 }?.cancel() }
        }
        let repository = Repository(id: repository.id, store: gated, project: "test", cluster: "default")
        let progress = BackupProgress()
        let backup = Backup(repository: repository, keys: keys, witness: witness, progress: progress)
        running.withLock { running in
            running = Task(executorPreference: FirstComeExecutor()) { try await backup.run(small) }
        }
        let error = await #expect(throws: HoldfastError.self) { try await running.withLock { $0 }?.value }
        if case .interrupted = error { return progress.figures }
        Issue.record("not interrupted: \(String(describing: error))")
        return progress.figures
    }

    /// Begins a backup, and interrupts it once there is a checkpoint. Answers the snapshot that is left open.
    func interruptAtCheckpoint(_ paths: [String]) async throws -> SnapshotView {
        await interruptAtCheckpoint(request(paths))
        return try #require(try await repository.readSnapshots().first { $0.log.state == .open })
    }

    /// Begins a backup, and interrupts it once there is a checkpoint.
    func interruptAtCheckpoint(_ request: BackupRequest, over store: (any ObjectStore)? = nil) async {
        var request = request
        request.checkpointByteCount = 100_000
        await interrupt(request, afterCheckpoints: 1, over: store)
    }
}
