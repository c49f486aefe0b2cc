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

    func run(_ arguments: [String], environment: [String: String] = [:], in directory: String = "/") async -> Status {
        let output = Output(
            data: { [self] bytes in
                data.withLock { $0 += bytes }
                return true
            },
            remarks: { [self] bytes in
                remarks.withLock { $0 += bytes }
                return true
            })
        return await Program(environment: environment, workingDirectory: directory, output: output).run(arguments)
    }
}
