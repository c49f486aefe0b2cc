import CPosix
import Dispatch
import Glibc
import Synchronization

/// SIGINT, SIGTERM, SIGHUP and SIGQUIT cancel the running command, which leaves the repository whole and runs what it has to in the end; a
/// second one ends the process at once, unless it is a terminal that goes away, which may say so several times.
///
/// Real handlers and not ignored signals, so that a passphrase prompt gets its chance to turn the terminal's echo on again.
package enum Interruption {
    package static func running(_ body: @escaping @Sendable () async -> ExitStatus) async -> ExitStatus {
        // A write to a closed pipe then fails, and says so, instead of killing us.
        _ = signal(SIGPIPE, SIG_IGN)
        // Where whoever started us ignores it, nobody is told how our commands end.
        _ = signal(SIGCHLD, SIG_DFL)
        let task = Task { await body() }
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0 else { return await task.value }
        interruptionPipe.store(ends[1], ordering: .sequentiallyConsistent)
        let source = DispatchSource.makeReadSource(fileDescriptor: ends[0], queue: .global())
        source.setEventHandler {
            task.cancel()
            Output.standard.note("holdfast: interrupted: ending; once more to end at once")
            source.cancel()
        }
        source.resume()
        for number in [SIGINT, SIGTERM] { _ = signal(number, noteSignal) }
        // What nohup, or a shell that runs us in the background, has ignored stays so.
        for number in [SIGHUP, SIGQUIT] where !isIgnored(number) { _ = signal(number, noteSignal) }
        return await task.value
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(number, nil, &action)
        // SIG_IGN: C gives it as a cast that Swift does not import.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}

private let interruptionPipe = Atomic<Int32>(-1)
private let interruptionCount = Atomic<Int>(0)

/// Does only what a signal handler may.
private func noteSignal(_ number: Int32) {
    if number != SIGHUP {
        let former = interruptionCount.add(1, ordering: .sequentiallyConsistent).oldValue
        if former > 0 { _exit(ExitStatus.interrupted.rawValue) }
    }
    var byte: UInt8 = 0
    unsafe write(interruptionPipe.load(ordering: .sequentiallyConsistent), &byte, 1)
}
