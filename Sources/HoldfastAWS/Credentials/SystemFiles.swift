import Dispatch
import Glibc

extension CredentialSurroundings {
    /// This process's own environment, this machine's files and programs.
    package static func system(
        variables: [String: String], transport: any HTTPTransport, timing: RequestTiming
    ) -> CredentialSurroundings {
        CredentialSurroundings(
            variables: variables, transport: transport, timing: timing,
            read: { path throws(FileProblem) in try SystemFiles.read(path) },
            run: { command throws(FileProblem) in try await SystemFiles.run(command) })
    }
}

/// Small files and programs' outputs, read as a whole.
private enum SystemFiles {
    /// No file of credentials is longer: what is, is something else.
    private static let limit = 1 << 20
    private static let queue = DispatchQueue(label: "holdfast.credential-process", attributes: .concurrent)

    static func read(_ path: String) throws(CredentialSurroundings.FileProblem) -> [UInt8]? {
        guard let file = unsafe fopen(path, "re") else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw problem(errno)
        }
        defer { unsafe fclose(file) }
        return try unsafe contents(of: file)
    }

    /// Through the shell, as the AWS CLI does it; what it writes to standard error goes to ours. A minute is what it gets.
    static func run(_ command: String) async throws(CredentialSurroundings.FileProblem) -> [UInt8] {
        let outcome: Result<[UInt8], CredentialSurroundings.FileProblem> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(
                    returning: Result { () throws(CredentialSurroundings.FileProblem) in try runBlocking(command) })
            }
        }
        return try outcome.get()
    }

    private static func runBlocking(_ command: String) throws(CredentialSurroundings.FileProblem) -> [UInt8] {
        let quoted = "'" + command.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        guard let pipe = unsafe popen("exec timeout 60 sh -c \(quoted) </dev/null", "re") else { throw problem(errno) }
        let output: Result<[UInt8], CredentialSurroundings.FileProblem> = Result {
            () throws(CredentialSurroundings.FileProblem) in unsafe try contents(of: pipe)
        }
        let status = unsafe pclose(pipe)
        guard status == 0 else {
            let code = (status >> 8) & 0xff
            throw .init(detail: code == 124 ? "it took longer than 60 seconds" : "it ended with status \(code)")
        }
        return try output.get()
    }

    private static func contents(
        of file: UnsafeMutablePointer<FILE>
    ) throws(CredentialSurroundings.FileProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = unsafe part.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
            bytes += part[..<count]
            guard bytes.count <= limit else { throw .init(detail: "it is longer than \(limit) bytes") }
            if count < part.count {
                guard unsafe ferror(file) == 0 else { throw problem(errno) }
                return bytes
            }
        }
    }

    private static func problem(_ code: Int32) -> CredentialSurroundings.FileProblem {
        .init(detail: unsafe String(cString: strerror(code)))
    }
}
