import HoldfastCLI
import Synchronization

/// Swift Testing has an `ExitStatus` too.
typealias Status = HoldfastCLI.ExitStatus

/// A command line that runs in this process, its output kept.
final class CommandLineRun: Sendable {
    private let data = Mutex<[UInt8]>([])
    private let remarks = Mutex<[UInt8]>([])

    var out: String { String(decoding: data.withLock { $0 }, as: UTF8.self) }
    var error: String { String(decoding: remarks.withLock { $0 }, as: UTF8.self) }

    /// `outputCode`: the `errno` with which standard output takes nothing.
    func run(
        _ arguments: [String], environment: [String: String] = [:], in directory: String = "/", outputCode: Int32? = nil
    ) async -> Status {
        let output = Output(
            data: { [self] (bytes) throws(OutputClosed) in
                if let outputCode { throw OutputClosed(code: outputCode) }
                data.withLock { $0 += bytes }
            },
            remarks: { [self] (bytes) throws(OutputClosed) in remarks.withLock { $0 += bytes } })
        return await Program(environment: environment, workingDirectory: directory, output: output).run(arguments)
    }
}
