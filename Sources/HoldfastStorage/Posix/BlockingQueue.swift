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
        let call = Call(body)
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Answer, Failure>, Never>) in
            submit { continuation.resume(returning: call.make()) }
        }
        return try result.get()
    }

    /// What is to be called, and gone with all that it holds before its caller goes on, who may use a buffer of it again.
    private final class Call<Answer: Sendable, Failure: Error>: Sendable {
        private let body: Mutex<(@Sendable () throws(Failure) -> Answer)?>

        init(_ body: @escaping @Sendable () throws(Failure) -> Answer) { self.body = Mutex(body) }

        func make() -> Result<Answer, Failure> {
            guard let body = body.withLock({ $0.take() }) else { preconditionFailure("a call is made once") }
            return Result(catching: body)
        }
    }

    /// Starts the work where a place is free, else when its turn comes.
    private func submit(_ work: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            state.waiting.append(work)
            guard state.running < width else { return false }
            state.running += 1
            return true
        }
        if starts { threads.async { self.work() } }
    }

    /// Does on one thread whatever waits.
    private func work() {
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
