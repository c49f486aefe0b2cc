import CPosix
import Glibc

/// Starts programs and waits for them.
package enum ChildProcess {
    /// Starts `command`, whose first word is looked up in `PATH`, with signals as a shell would give them.
    ///
    /// - Parameters:
    ///   - input: a file descriptor for its standard input; nil: nothing is there.
    ///   - output: one for its standard output.
    ///   - isLeader: puts it in a process group of its own, so that it can be ended with all that it started.
    package static func spawn(
        _ command: [String], input: Int32? = nil, output: Int32, isLeader: Bool = false
    ) throws(PosixError) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let input {
            unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // What we ignore it would ignore too: a pipeline that nobody reads would run on.
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGCHLD] { _ = unsafe sigaddset(&defaults, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        // Our threads block nearly all signals, and a command that inherits that cannot be asked to end.
        var unblocked = sigset_t()
        unsafe sigemptyset(&unblocked)
        unsafe posix_spawnattr_setsigmask(&attributes, &unblocked)
        let flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        unsafe posix_spawnattr_setflags(&attributes, flags | (isLeader ? Int16(POSIX_SPAWN_SETPGROUP) : 0))
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process = pid_t()
        let code = unsafe posix_spawnp(&process, command[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else { throw PosixError(code: code, operation: "run", path: command[0]) }
        return process
    }

    /// What stands for a wait status that the system keeps to itself, as it does where SIGCHLD is ignored: of no command is it a success.
    private static let untold: Int32 = -1

    /// Its wait status, once it has ended.
    package static func wait(for process: Int32) -> Int32 { status(of: process, 0) ?? untold }

    /// The same without waiting; nil while it runs.
    static func statusNow(of process: Int32) -> Int32? { status(of: process, WNOHANG) }

    private static func status(of process: Int32, _ options: Int32) -> Int32? {
        var status: Int32 = 0
        while true {
            let answer = unsafe waitpid(process, &status, options)
            guard answer < 0 else { return answer == 0 ? nil : status }
            guard errno == EINTR else { return untold }
        }
    }

    package static func text(of status: Int32) -> String {
        guard status != untold else { return "an exit code that nobody was told" }
        return status & 0x7f == 0 ? "exit code \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
    }
}
