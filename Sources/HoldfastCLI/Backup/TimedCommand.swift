import CPosix
import Dispatch
import Glibc
import HoldfastStorage
import Synchronization

/// A command with a time limit, run to its end: one before or after a snapshot, or one that takes alerts. What it prints goes to our
/// standard error, since standard output is for data alone.
struct TimedCommand {
    enum Outcome: Equatable, CustomStringConvertible {
        case succeeded
        /// A wait status that is not zero.
        case failed(Int32)
        case exceeded(seconds: Int64)

        var description: String {
            switch self {
            case .succeeded: "it succeeded"
            case .failed(let status): ChildProcess.text(of: status)
            case .exceeded(let seconds): "it took longer than \(seconds) seconds and was ended"
            }
        }
    }

    /// Between the request to end and the end by force, in seconds.
    private static let patience = 5.0

    private let command: [String]

    init(_ command: [String]) { self.command = command }

    /// Runs it with `input` on its standard input. After the limit it is asked to end with all that it started, and then made to; and
    /// asked at once where the task is cancelled, unless it is to run whatever happens.
    func run(
        input: [UInt8] = [], secondsAtMost limit: Int64, evenIfCancelled isUnconditional: Bool = false
    ) async throws -> Outcome {
        let inputFile = try Self.file(holding: input)
        defer { close(inputFile) }
        let process = try ChildProcess.spawn(command, input: inputFile, output: STDERR_FILENO, isLeader: true)
        let isOver = Mutex(false)
        let hasExceeded = Mutex(false)
        let timers = [(Double(limit), SIGTERM), (Double(limit) + Self.patience, SIGKILL)].map { seconds, signal in
            let timer = DispatchSource.makeTimerSource(queue: .global())
            timer.schedule(deadline: .now() + seconds)
            timer.setEventHandler {
                isOver.withLock { isOver in
                    guard !isOver else { return }
                    hasExceeded.withLock { $0 = true }
                    _ = kill(-process, signal)
                }
            }
            timer.resume()
            return timer
        }
        let status = await withTaskCancellationHandler {
            ChildProcess.wait(for: process)
        } onCancel: {
            isOver.withLock { isOver in
                if !isOver, !isUnconditional { _ = kill(-process, SIGTERM) }
            }
        }
        isOver.withLock { $0 = true }
        for timer in timers { timer.cancel() }
        if hasExceeded.withLock({ $0 }) {
            // What it started may not have heeded the request to end.
            _ = kill(-process, SIGKILL)
            return .exceeded(seconds: limit)
        }
        return status == 0 ? .succeeded : .failed(status)
    }

    /// An unnamed file: a pipe would stop us where the command reads nothing.
    private static func file(holding input: [UInt8]) throws(PosixError) -> Int32 {
        let descriptor = unsafe memfd_create("input", UInt32(posix_MFD_CLOEXEC))
        guard descriptor >= 0 else { throw PosixError(code: errno, operation: "create", path: "input") }
        var rest = input[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                let code = errno
                close(descriptor)
                throw PosixError(code: code, operation: "write", path: "input")
            }
            rest = rest.dropFirst(count)
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }
}
