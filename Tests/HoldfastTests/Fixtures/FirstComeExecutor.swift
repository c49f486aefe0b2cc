import Dispatch

/// Runs tasks on a thread that they have to themselves, in the order in which they become ready: how far one comes while another yields
/// does not depend on what else this machine does.
final class FirstComeExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "first come, first served")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
