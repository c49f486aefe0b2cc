import Dispatch
import Glibc

/// Runs tasks on threads that may block: files are read with plain system calls, which Swift's own pool, with as many threads
/// as cores, must not be held up by.
package final class WorkerExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "holdfast.workers", qos: .userInitiated, attributes: .concurrent)

    package static let shared = WorkerExecutor()
    /// How many processors are online.
    static let coreCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
