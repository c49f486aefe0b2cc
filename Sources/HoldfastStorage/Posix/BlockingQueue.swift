import Dispatch
import Synchronization

/// Runs calls that block on threads of their own, at most `width` at a time, so that the cooperative pool never waits for a disk.
///
/// Work that has begun runs to its end, also where the caller's task is cancelled.
final class BlockingQueue: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let width: Int
    private let threads: DispatchQueue
    private let state = Mutex(State())

    init(label: String, width: Int) {
        self.width = width
        threads = DispatchQueue(label: label, attributes: .concurrent)
    }

    func run<Answer: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Answer, Failure>, Never>) in
            submit { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }

    /// Starts the work where a place is free, else when its turn comes.
    private func submit(_ work: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            guard state.running < width else {
                state.waiting.append(work)
                return false
            }
            state.running += 1
            return true
        }
        if starts { threads.async { self.work(through: work) } }
    }

    /// Does `first`, then on the same thread whatever waits.
    private func work(through first: @Sendable () -> Void) {
        first()
        while let next = nextWaiting() { next() }
    }

    /// Gives the place back where nothing waits.
    private func nextWaiting() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.running -= 1
            return nil
        }
    }
}
