import CPosix
import Glibc
import HoldfastModel

/// One run of a program: some bytes for its standard input, some from its standard output, and both time and bytes have a limit.
/// Its standard error is ours. Blocks.
struct BoundedRun: Sendable {
    /// The program, looked up in `PATH` where it has no slash, and its arguments; no shell has a part in it.
    let command: [String]
    let secondsAtMost: Int64
    let byteCountAtMost: Int

    enum Failure: Error, CustomStringConvertible {
        case system(PosixError)
        case exceededTime(seconds: Int64)
        case exceededBytes(Int)
        /// A wait status that is not zero.
        case failed(Int32)

        var description: String {
            switch self {
            case .system(let error): error.description
            case .exceededTime(let seconds): "it took longer than \(seconds) second\(seconds == 1 ? "" : "s") and was ended"
            case .exceededBytes(let count): "it answered more than \(count) bytes and was ended"
            case .failed(let status): "it ended with \(ChildProcess.text(of: status))"
            }
        }
    }

    /// What the program wrote, given that it ended well. A program that broke a limit is killed with all that it started.
    ///
    /// - Parameter input: at most 64 KiB, since all of it is in the pipe before the program starts: so nothing waits for a program that
    ///   reads nothing, and none that ends early can hurt us with SIGPIPE.
    func run(_ input: borrowing Secret) throws(Failure) -> Secret {
        let deadline = ContinuousClock.now + .seconds(secondsAtMost)
        var answer = Secret(zeroed: byteCountAtMost + 1)
        let process: pid_t
        let output: OwnedFile
        do throws(PosixError) {
            let questions = try Pipe()
            try questions.fill(input, name: command[0])
            let answers = try Pipe()
            process = try ChildProcess.spawn(
                command, input: questions.reading.descriptor, output: answers.writing.descriptor, isLeader: true)
            output = answers.takeReading()
        } catch {
            throw .system(error)
        }
        let count: Int
        let status: Int32
        do throws(Failure) {
            count = try read(output, into: &answer, until: deadline)
            status = try wait(for: process, until: deadline)
        } catch {
            kill(-process, SIGKILL)
            _ = ChildProcess.wait(for: process)
            throw error
        }
        guard status == 0 else { throw .failed(status) }
        return Secret(copying: answer.bytes.extracting(0..<count))
    }

    /// Reads to the end, and says how many bytes that were.
    private func read(
        _ output: borrowing OwnedFile, into answer: inout Secret, until deadline: ContinuousClock.Instant
    ) throws(Failure) -> Int {
        var count = 0
        while true {
            guard try isReadable(output.descriptor, until: deadline) else { throw .exceededTime(seconds: secondsAtMost) }
            let more: Int
            do throws(PosixError) { more = try output.readNext(into: &answer, from: count) } catch { throw .system(error) }
            if more == 0 { return count }
            count += more
            if count > byteCountAtMost { throw .exceededBytes(byteCountAtMost) }
        }
    }

    private func isReadable(_ descriptor: Int32, until deadline: ContinuousClock.Instant) throws(Failure) -> Bool {
        let left = deadline - .now
        guard left > .zero else { return false }
        var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(clamping: Int64(left / .milliseconds(1)) + 1)
        do throws(PosixError) {
            return try posix("poll", command[0]) { unsafe poll(&place, 1, milliseconds) } > 0
        } catch {
            throw .system(error)
        }
    }

    /// Looks again every millisecond: what has closed its output nearly always has ended by then.
    private func wait(for process: pid_t, until deadline: ContinuousClock.Instant) throws(Failure) -> Int32 {
        while true {
            if let status = ChildProcess.statusNow(of: process) { return status }
            if ContinuousClock.now > deadline { throw .exceededTime(seconds: secondsAtMost) }
            usleep(1000)
        }
    }
}

/// Two ends of a pipe, kept from other children.
private struct Pipe: ~Copyable {
    let reading: OwnedFile
    let writing: OwnedFile

    init() throws(PosixError) {
        var ends: [Int32] = [-1, -1]
        try posix("pipe", "") { unsafe pipe2(&ends, O_CLOEXEC) }
        reading = OwnedFile(adopting: ends[0], path: "pipe")
        writing = OwnedFile(adopting: ends[1], path: "pipe")
    }

    /// Puts all bytes in at once, or fails where they do not fit.
    func fill(_ input: borrowing Secret, name: String) throws(PosixError) {
        let descriptor = writing.descriptor
        try posix("fcntl", name) { fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        let count = try posix("write to", name) {
            unsafe input.bytes.withUnsafeBufferPointer { unsafe write(descriptor, $0.baseAddress, $0.count) }
        }
        guard count == input.count else { throw PosixError(code: EMSGSIZE, operation: "write to", path: name) }
    }

    /// Closes the other end.
    consuming func takeReading() -> OwnedFile { reading }
}

extension OwnedFile {
    /// What is there to be read, into `answer` from `offset` on; 0 at the end.
    fileprivate func readNext(into answer: inout Secret, from offset: Int) throws(PosixError) -> Int {
        let (descriptor, path) = (descriptor, path)
        var result = Result<Int, PosixError>.success(0)
        answer.update { bytes in
            unsafe bytes.withUnsafeMutableBufferPointer { bytes in
                let rest = bytes.extracting(offset...)
                result = Result { () throws(PosixError) in
                    try posix("read from", path) { unsafe Glibc.read(descriptor, rest.baseAddress, rest.count) }
                }
            }
        }
        return try result.get()
    }
}
