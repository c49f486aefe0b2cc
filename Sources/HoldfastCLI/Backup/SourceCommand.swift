import CPosix
import Glibc
import Holdfast
import HoldfastStorage
import Synchronization

/// A command whose output is backed up, or that stands before or after a snapshot. Its standard error is ours.
final class SourceCommand: Sendable {
    /// From which its standard output is read.
    let output: Int32
    private let name: String
    private let process: pid_t
    private let state = Mutex(State())

    private struct State {
        var isOpen = true
        var exit: Int32?
    }

    /// Starts `command`; its first word is looked up in `PATH`.
    init(_ command: [String]) throws {
        name = command.joined(separator: " ")
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw PosixError(code: errno, operation: "pipe", path: name) }
        output = ends[0]
        defer { close(ends[1]) }
        do {
            process = try ChildProcess.spawn(command, output: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
    }

    /// Asks it to stop.
    func terminate() {
        state.withLock { state in
            if state.exit == nil { _ = kill(process, SIGTERM) }
        }
    }

    /// Lets go of its output, and waits for it.
    func end() {
        state.withLock { state in
            guard state.isOpen else { return }
            state.isOpen = false
            close(output)
        }
        _ = wait()
    }

    /// Waits until it has ended; its wait status.
    func wait() -> Int32 {
        if let known = state.withLock({ $0.exit }) { return known }
        let status = ChildProcess.wait(for: process)
        state.withLock { $0.exit = status }
        return status
    }

    /// Refuses a snapshot of what a failed command gave, or of nothing.
    func requireSuccess(bytesRead: UInt64) throws(HoldfastError) {
        let status = wait()
        if Task.isCancelled { throw .interrupted }
        guard status == 0 else {
            throw .refused(
                "no snapshot was taken, since the command failed (\(ChildProcess.text(of: status))): \(name)",
                object: name, remedy: "correct it")
        }
        guard bytesRead > 0 else {
            throw .refused("no snapshot was taken, since the command gave no output: \(name)", object: name, remedy: "correct it")
        }
    }
}
