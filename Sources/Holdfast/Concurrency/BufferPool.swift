import HoldfastModel
import Synchronization

/// A fixed number of equal buffers: the bound on memory, whatever the data. Whoever finds none free waits.
final class BufferPool: Sendable {
    let byteCount: Int
    private let gate: AsyncGate
    private let free = Mutex<[[UInt8]]>([])

    init(count: Int, byteCount: Int) {
        self.byteCount = byteCount
        gate = AsyncGate(count)
    }

    /// A buffer of `byteCount` bytes with anything in it; give it back.
    func take() async -> [UInt8] {
        await gate.enter()
        let used = free.withLock { $0.popLast() }
        return used ?? .room(for: byteCount)
    }

    func give(_ buffer: consuming [UInt8]) {
        let buffer = buffer
        free.withLock { $0.append(buffer) }
        gate.leave()
    }
}
