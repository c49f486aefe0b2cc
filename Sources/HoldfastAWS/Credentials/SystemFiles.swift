import Dispatch
import Glibc

extension LocalMachine {
    /// This process's own environment, this machine's files and programs.
    package static func system(variables: [String: String]) -> LocalMachine {
        LocalMachine(
            variables: variables, read: { path throws(FileProblem) in try SystemFiles.read(path) },
            write: { path, bytes throws(FileProblem) in try SystemFiles.write(bytes, to: path) },
            run: { command throws(FileProblem) in try await SystemFiles.run(command) })
    }
}

/// Small files, read and written as a whole, and programs' outputs.
private enum SystemFiles {
    /// No file of credentials is longer: what is, is something else.
    private static let limit = 1 << 20
    private static let queue = DispatchQueue(label: "holdfast.credential-process", attributes: .concurrent)

    static func read(_ path: String) throws(LocalMachine.FileProblem) -> [UInt8]? {
        guard let file = unsafe fopen(path, "re") else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw problem(errno)
        }
        defer { unsafe fclose(file) }
        return try unsafe contents(of: file)
    }

    /// A file beside it, with mode 0600 from its first byte, takes its place when it is complete. A link stays one, and a file keeps its
    /// owner: root may act in a user's home.
    static func write(_ bytes: [UInt8], to link: String) throws(LocalMachine.FileProblem) {
        let path = target(of: link)
        let name = "\(path).\(UInt64.random(in: 0...UInt64.max))"
        let descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem(errno) }
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        var standing = stat()
        let isOthers = unsafe stat(path, &standing) == 0 && standing.st_uid != geteuid()
        let isOwned = !isOthers || fchown(descriptor, standing.st_uid, standing.st_gid) == 0
        let isWritten = count == bytes.count && isOwned && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, unsafe rename(name, path) == 0 else {
            let code = errno
            unsafe unlink(name)
            throw problem(code)
        }
    }

    /// Where a link leads; the path itself where it is none, or leads nowhere.
    private static func target(of link: String) -> String {
        guard let resolved = unsafe realpath(link, nil) else { return link }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// Through the shell, so that quotes and blanks mean what they mean everywhere; what it writes to standard error goes to ours. A minute
    /// is what it gets.
    static func run(_ command: String) async throws(LocalMachine.FileProblem) -> [UInt8] {
        let outcome: Result<[UInt8], LocalMachine.FileProblem> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(
                    returning: Result { () throws(LocalMachine.FileProblem) in try runBlocking(command) })
            }
        }
        return try outcome.get()
    }

    private static func runBlocking(_ command: String) throws(LocalMachine.FileProblem) -> [UInt8] {
        let quoted = "'" + command.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        guard let pipe = unsafe popen("exec timeout 60 sh -c \(quoted) </dev/null", "re") else { throw problem(errno) }
        let output: Result<[UInt8], LocalMachine.FileProblem> = Result {
            () throws(LocalMachine.FileProblem) in unsafe try contents(of: pipe)
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
    ) throws(LocalMachine.FileProblem) -> [UInt8] {
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

    private static func problem(_ code: Int32) -> LocalMachine.FileProblem {
        .init(detail: unsafe String(cString: strerror(code)))
    }
}
