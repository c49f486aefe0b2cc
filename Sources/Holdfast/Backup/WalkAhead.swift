import DequeModule
import HoldfastModel
import HoldfastStorage
import Synchronization

/// Runs a walk some entries ahead of whoever takes them: a walk waits for the system, comparing takes the processor.
final class WalkAhead: Sendable {
    private static let batchEntryCount = 256
    /// So many batches may wait to be taken.
    private static let batchCount = 16

    private let batches = Mutex<Deque<[Entry]>>([])
    private let isStopped = Atomic(false)
    private let room = AsyncGate(WalkAhead.batchCount)
    /// Lets one pass for every batch that waits.
    private let arrivals = AsyncGate(0)

    /// Walks to the end, or until it is stopped. The last batch is an empty one.
    func run(_ roots: [[UInt8]], _ filter: WalkFilter, report: @escaping @Sendable (SourceProblem) -> Void) async {
        let walk = TreeWalk(roots: roots, filter: filter, report: report)
        var batch: [Entry]
        repeat {
            batch = []
            while batch.count < Self.batchEntryCount, let entry = walk.next() { batch.append(entry) }
            await room.enter()
            let due = batch
            batches.withLock { $0.append(due) }
            arrivals.leave()
        } while !batch.isEmpty && !isStopped.load(ordering: .relaxed)
    }

    /// The next entries; none at the end.
    func next() async -> [Entry] {
        await arrivals.enter()
        defer { room.leave() }
        return batches.withLock { $0.removeFirst() }
    }

    /// Nobody takes any more.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        // Whether it waits or is about to.
        room.leave()
    }
}
