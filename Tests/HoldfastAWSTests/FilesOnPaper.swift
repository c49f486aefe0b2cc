import HoldfastAWS
import Synchronization

/// Files that a test describes by path and text, and what was written to them since.
final class FilesOnPaper: Sendable {
    private let texts: Mutex<[String: String]>
    private let isReadOnly: Bool

    init(_ texts: [String: String], isReadOnly: Bool = false) {
        self.texts = Mutex(texts)
        self.isReadOnly = isReadOnly
    }

    subscript(path: String) -> String? {
        get { texts.withLock { $0[path] } }
        set { texts.withLock { $0[path] = newValue } }
    }

    func read(_ path: String) throws(LocalMachine.FileProblem) -> [UInt8]? {
        let text = self[path]
        guard text != "unreadable" else { throw .init(detail: "Permission denied") }
        return text.map { Array($0.utf8) }
    }

    func write(_ path: String, _ bytes: [UInt8]) throws(LocalMachine.FileProblem) {
        guard !isReadOnly else { throw .init(detail: "Read-only file system") }
        texts.withLock { $0[path] = String(decoding: bytes, as: UTF8.self) }
    }
}

extension LocalMachine {
    /// A machine that has this and nothing else; a program's output stands under the command that runs it.
    static func described(
        variables: [String: String] = [:], files: FilesOnPaper, programs: [String: String] = [:]
    ) -> LocalMachine {
        LocalMachine(
            variables: variables, read: { path throws(FileProblem) in try files.read(path) },
            write: { path, bytes throws(FileProblem) in try files.write(path, bytes) },
            run: { command throws(FileProblem) in
                guard let output = programs[command] else { throw FileProblem(detail: "it ended with status 127") }
                return Array(output.utf8)
            })
    }

    static func described(variables: [String: String], files: [String: String] = [:]) -> LocalMachine {
        described(variables: variables, files: FilesOnPaper(files))
    }
}
