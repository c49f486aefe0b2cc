import Glibc
import HoldfastModel
import Testing

@testable import HoldfastStorage

@Suite("A program that was started")
struct ChildProcessTests {
    @Test("and of whose end the system tells nothing, as where SIGCHLD is ignored, has not succeeded")
    func untold() async {
        await #expect(processExitsWith: .success) {
            _ = signal(SIGCHLD, SIG_IGN)
            let status = ChildProcess.wait(for: try ChildProcess.spawn(["true"], output: STDERR_FILENO))
            #expect(status != 0 && ChildProcess.text(of: status).contains("nobody was told"))
            let run = BoundedRun(command: ["true"], secondsAtMost: 60, byteCountAtMost: 1)
            #expect(throws: BoundedRun.Failure.self) { _ = try run.run(Secret(zeroed: 0)).count }
        }
    }

    @Test("is told how its own children end, whatever we ignore")
    func children() async {
        await #expect(processExitsWith: .success) {
            _ = signal(SIGCHLD, SIG_IGN)
            var ends: [Int32] = [0, 0]
            try #require(unsafe pipe(&ends) == 0)
            _ = try ChildProcess.spawn(["grep", "SigIgn", "/proc/self/status"], output: ends[1])
            close(ends[1])
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = unsafe read(ends[0], &bytes, bytes.count)
            let words = String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isWhitespace)
            let ignored = try #require(words.last.flatMap { UInt64($0, radix: 16) })
            #expect(ignored & (1 << UInt64(SIGCHLD - 1)) == 0)
        }
    }
}
