import ArgumentParser
import Glibc
import Holdfast

/// From arguments to an exit status: the whole command line but the process around it.
package struct Program: Sendable {
    private let environment: [String: String]
    private let workingDirectory: String
    private let output: Output

    package init(environment: [String: String], workingDirectory: String, output: Output) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.output = output
    }

    /// Runs one command line, without the program's own name.
    package func run(_ arguments: [String]) async -> ExitStatus {
        let isJSON = Self.asksForJSON(arguments)
        do {
            try refuseUnknownCommand(arguments)
            try EmptyArgument.refuse(in: arguments)
            var command = try HoldfastCommand.parseAsRoot(LeadingOptions.moved(arguments))
            guard let subcommand = command as? any Subcommand else {
                try command.run()
                return .done
            }
            let session = Session(
                options: subcommand.global, environment: environment, workingDirectory: workingDirectory, output: output)
            // Use cases read files with plain system calls, on threads that may block.
            let status = try await withTaskExecutorPreference(WorkerExecutor.shared) { try await subcommand.run(in: session) }
            try output.flush()
            return status
        } catch {
            return report(error, asJSON: isJSON)
        }
    }

    static func asksForJSON(_ arguments: [String]) -> Bool { arguments.prefix { $0 != "--" }.contains("--json") }

    /// The parser itself would complain of the first option after an unknown word.
    private func refuseUnknownCommand(_ arguments: [String]) throws {
        guard let word = arguments.first, !word.hasPrefix("-"), word != "help" else { return }
        let known = HoldfastCommand.configuration.subcommands.flatMap { [$0._commandName] + $0.configuration.aliases }
        guard known.contains(word) else { throw Failure(.usage, "no such command", word, "see holdfast --help") }
    }

    private func report(_ error: any Error, asJSON isJSON: Bool) -> ExitStatus {
        // Whoever read our output has gone, as in `holdfast ls … | head`.
        if let closed = error as? OutputClosed, closed.code == EPIPE { return .outputClosed }
        let failure: Failure
        switch HoldfastCommand.exitCode(for: error) {
        case .success:
            // Help or a version was asked for.
            do {
                try output.print(HoldfastCommand.message(for: error))
                try output.flush()
                return .done
            } catch {
                return report(error, asJSON: isJSON)
            }
        case .validationFailure:
            failure = Failure(usage: HoldfastCommand.message(for: error), help: HoldfastCommand.fullMessage(for: error))
        default:
            failure = Failure(error)
        }
        output.fail(failure, asJSON: isJSON)
        return failure.status
    }
}
