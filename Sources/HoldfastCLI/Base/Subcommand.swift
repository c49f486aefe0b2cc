import ArgumentParser

/// A command of ours: it answers its exit status, and throws what `Failure` turns into a sentence.
protocol Subcommand: ParsableCommand {
    var global: GlobalOptions { get }

    func run(in session: Session) async throws -> ExitStatus
}
