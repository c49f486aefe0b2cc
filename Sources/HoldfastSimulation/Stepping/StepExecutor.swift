import DequeModule
import Dispatch
import Synchronization

/// Runs the tasks of a history one job at a time, in the order in which they came, on the thread that drives it.
///
/// A task that was begun with it stays on it with all its child tasks. Only what waits for a real timer comes back from another thread;
/// nothing in a history is decided by that.
final class StepExecutor: TaskExecutor {
    private let jobs = Mutex<Deque<UnownedJob>>([])
    /// One for every job that waits.
    private let arrivals = DispatchSemaphore(value: 0)
    /// Past this nobody will ever be heard of: the history is stuck.
    private static let patience = DispatchTimeInterval.seconds(30)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        arrivals.signal()
    }

    /// Runs jobs until none waits.
    func drain() {
        while arrivals.wait(timeout: .now()) == .success { runFirst() }
    }

    /// Runs jobs until `isQuiet` says so and none waits. False where it never did.
    func run(until isQuiet: () -> Bool) -> Bool {
        drain()
        while !isQuiet() {
            guard arrivals.wait(timeout: .now() + Self.patience) == .success else { return false }
            runFirst()
            drain()
        }
        return true
    }

    private func runFirst() {
        guard let job = jobs.withLock({ $0.popFirst() }) else { return }
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
