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
    func interrupt(_ request: BackupRequest, afterCheckpoints count: Int) async -> BackupProgress.Figures {
        await interrupt(request, after: count, .replace)
    }

    /// Begins a backup, and interrupts it once the store was called so often. Packs have 1 MiB.
    @discardableResult
    func interrupt(
        _ request: BackupRequest, after count: Int, _ awaited: StoreOperation
    ) async -> BackupProgress.Figures {
        let calls = Mutex(0)
        let running = Mutex<Task<BackupSummary, any Error>?>(nil)
        // Small packs that take their time to be created: whatever else runs here, checkpoints keep up with them.
        var request = request
        request.packByteCount = 1 << 20
        let slow = request
        let gated = GatedStore(store) { operation, name in
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
        let task = Task { try await backup.run(slow) }
        running.withLock { $0 = task }
        let error = await #expect(throws: HoldfastError.self) { try await task.value }
        if case .interrupted = error { return progress.figures }
        Issue.record("not interrupted: \(String(describing: error))")
        return progress.figures
    }

    /// Begins a backup, and interrupts it once there is a checkpoint. Answers the snapshot that is left open.
    func interruptAtCheckpoint(_ paths: [String]) async throws -> SnapshotView {
        var request = request(paths)
        request.checkpointByteCount = 100_000
        let interrupted = request
        let running = Task { try await backUp(interrupted) }
        while store.names.filter({ $0.text.hasPrefix("checkpoints/") }).isEmpty { await Task.yield() }
        running.cancel()
        _ = await running.result
        return try #require(try await repository.readSnapshots().first { $0.log.state == .open })
    }
}
