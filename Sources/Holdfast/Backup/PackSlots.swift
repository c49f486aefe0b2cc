import HoldfastModel
import Synchronization

/// How many packs, or parts of packs, may be filled or on their way at once, and the buffers that they are built in: reused, for fresh memory
/// costs more than sealing what goes there.
final class PackSlots: Sendable {
    private let gate: AsyncGate
    private let spare = Mutex<[[UInt8]]>([])

    init(_ count: Int) { gate = AsyncGate(count) }

    func enter() async { await gate.enter() }

    func leave() { gate.leave() }

    /// One whose content is over, or a new one.
    func takeBuffer() -> [UInt8] { spare.withLock { $0.popLast() } ?? [] }

    /// The buffer is used again, and its slot is free.
    func leave(giving buffer: consuming [UInt8]) {
        let buffer = consume buffer
        spare.withLock { $0.append(buffer) }
        gate.leave()
    }
}
