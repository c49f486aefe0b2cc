import Glibc
import HoldfastCLI
import Testing

@Suite("A signal")
struct InterruptionTests {
    /// To the process, as a terminal sends it: threads of a pool take no signals. It needs a moment before, and after.
    private static func send(_ number: Int32) {
        usleep(100_000)
        kill(getpid(), number)
        usleep(100_000)
    }

    @Test(
        "of those that end a program cancels the command, which comes to its own end",
        arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func cancels(number: Int32) async {
        await #expect(processExitsWith: .success) { [number] in
            let status = await Interruption.running {
                Self.send(number)
                while !Task.isCancelled { usleep(1000) }
                // A terminal that goes away may say so several times.
                if number == SIGHUP { Self.send(number) }
                return .interrupted
            }
            exit(status == .interrupted ? 0 : 1)
        }
    }

    @Test("that is ignored when the program starts, as nohup has it, stays so", arguments: [SIGHUP, SIGQUIT])
    func ignored(number: Int32) async {
        await #expect(processExitsWith: .success) { [number] in
            _ = signal(number, SIG_IGN)
            let status = await Interruption.running {
                Self.send(number)
                return Task.isCancelled ? .failed : .done
            }
            exit(status == .done ? 0 : 1)
        }
    }

    @Test("of a person's comes twice, and ends the program at once")
    func twice() async {
        await #expect(processExitsWith: .exitCode(130)) {
            _ = await Interruption.running {
                for _ in 0..<2 { Self.send(SIGINT) }
                return .done
            }
        }
    }

    @Test("that tells of a command's end is heard, though whoever started us ignores it: a failed dump would be a snapshot")
    func ofChildren() async {
        await #expect(processExitsWith: .success) {
            _ = signal(SIGCHLD, SIG_IGN)
            let status = await Interruption.running {
                do {
                    let project = try await ProjectRun()
                    let run = try await project.run(
                        "backup", "--from-command", "--stdin-filename", "f", "--", "sh", "-c", "echo half; exit 3")
                    return run.status == .failed && run.error.contains("exit code 3") ? .done : .failed
                } catch {
                    return .usage
                }
            }
            exit(status.rawValue)
        }
    }
}
