import Dispatch
import Glibc
import Synchronization

/// SIGINT and SIGTERM cancel the running command, which leaves the repository whole; a second one ends the process at once.
enum Interruption {
    static func running(_ body: @escaping @Sendable () async -> ExitStatus) async -> ExitStatus {
        // A write to a closed pipe then fails, and says so, instead of killing us.
        _ = unsafe signal(SIGPIPE, SIG_IGN)
        let task = Task { await body() }
        let count = Mutex(0)
        let sources = [SIGINT, SIGTERM].map { number in
            _ = unsafe signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if count.withLock({ $0 += 1; return $0 }) > 1 { _exit(ExitStatus.interrupted.rawValue) }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { withExtendedLifetime(sources) {} }
        return await task.value
    }
}
