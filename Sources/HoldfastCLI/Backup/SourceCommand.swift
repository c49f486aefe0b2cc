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
            process = try Self.spawn(command, output: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
    }

    private static func spawn(_ command: [String], output: Int32) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // What we ignore it would ignore too: a pipeline that nobody reads would run on.
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        for number in [SIGPIPE, SIGINT, SIGTERM] { _ = unsafe sigaddset(&defaults, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process = pid_t()
        let code = unsafe posix_spawnp(&process, command[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else { throw PosixError(code: code, operation: "run", path: command[0]) }
        return process
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
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        state.withLock { $0.exit = status }
        return status
    }

    /// Refuses a snapshot of what a failed command gave, or of nothing.
    func requireSuccess(bytesRead: UInt64) throws(HoldfastError) {
        let status = wait()
        if Task.isCancelled { throw .interrupted }
        guard status == 0 else {
            throw .refused(
                "no snapshot was taken, since the command failed (\(Self.text(of: status))): \(name)", remedy: "correct it")
        }
        guard bytesRead > 0 else {
            throw .refused("no snapshot was taken, since the command gave no output: \(name)", remedy: "correct it")
        }
    }

    static func text(of status: Int32) -> String {
        status & 0x7f == 0 ? "exit code \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
    }
}
