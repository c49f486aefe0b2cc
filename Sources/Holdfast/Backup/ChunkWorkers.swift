import HoldfastFormat
import HoldfastModel
import Synchronization

/// As many sets of contexts and scratch memory as chunks are hashed and compressed at once: more than there are cores would only take memory.
final class ChunkWorkers: Sendable {
    /// What one task needs and none may share.
    struct Tools: ~Copyable {
        let hasher: ChunkHasher
        let compressor: ZstdCompressor
        /// Where chunks are compressed into: reused, for fresh memory costs as much as hashing what goes there.
        var scratch: [UInt8] = []
    }

    final class Worker: Sendable {
        let tools: Mutex<Tools>
        fileprivate init(_ tools: consuming Tools) { self.tools = Mutex(tools) }
    }

    private let hashKey: Secret
    private let level: Int
    private let gate: AsyncGate
    private let idle = Mutex<[Worker]>([])

    init(_ count: Int, hashKey: borrowing Secret, level: Int) {
        self.hashKey = Secret(copying: hashKey.bytes)
        self.level = level
        gate = AsyncGate(count)
    }

    /// One that nobody else has; give it back. Waits where all are taken.
    func take() async -> Worker {
        await gate.enter()
        return idle.withLock { $0.popLast() }
            ?? Worker(Tools(hasher: ChunkHasher(hashKey: hashKey), compressor: ZstdCompressor(level: level)))
    }

    func give(_ worker: Worker) {
        idle.withLock { $0.append(worker) }
        gate.leave()
    }
}
